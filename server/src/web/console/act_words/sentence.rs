//! What each act of two people does, in a sentence.

use crate::domain::Action;

/// What the act does, in Chinese and in English.
pub(super) const fn sentence(action: Action) -> (&'static str, &'static str) {
    match action {
        Action::Draw => (
            "用公告、承诺、骰子点数、已启封的密数和下列公开信源数值，计算并公布评议代表名单。结果由公式唯一确定，任何人都可以重算。请对照公开信源的官方页面逐字核对。",
            "From the announcement, the commitments, the dice, the opened secrets and the value of the public source below, the list of representatives is computed and published. The formula allows one result only; anybody can compute it again. Compare the value with the official page, character by character.",
        ),
        Action::VoidDraw => (
            "这次抽取作废，不产生结果。公告、已录入的记录和原因永久公开。正式抽取最多只能作废一次后重抽，第二次作废后改为人工抽取；未打开承诺的参加方不得再参加。",
            "This draw is void and has no result. Its announcement, what was typed so far and the reason stay public for ever. After one void draw another can be held; after a second one slips are drawn by hand. A party that did not open its commitment cannot take part again.",
        ),
        Action::LockPool => (
            "人员库从此不能更改，代表只从中抽取；pool.tsv 及其核对码立即公开。如提出之后有任何变动，不会锁定。",
            "The pool cannot be changed any more, and representatives are drawn from it alone; pool.tsv and its hash are published at once. If anything has changed since the proposal, nothing is locked.",
        ),
        Action::OpenPoll => (
            "从存储的记录核对票箱为空（选票0张、已用卡0张），有一项不为零即不开启；然后各投票机可以投票，选票开始计入。开启后不能再登记缺席和递补，评议卡不能再增加。请对照开启单核对编号和核对码。",
            "The stored rows are checked: no ballot, no spent card, or it is not opened. Then the booths take voters and ballots count. After that no absence can be recorded, no alternate called and no card added. Compare poll and hash with the opening sheet.",
        ),
        Action::RestartKeys => (
            "监票人已经交来的证书、消息和公钥全部作废删除，投票回到“密钥准备中”，监票人须用新的密钥文件从头再做一遍。旧的密钥文件从此无用，请各自封存或销毁。尚未制卡，没有任何选票受影响。确认时如已制卡，不会执行。",
            "All certificates, messages and public keys that the trustees have sent become void and are deleted; the poll goes back to “setup”, and the trustees begin anew with new key files. The old key files are of no use any more. There are no cards yet, so no ballot is touched; if cards were made meanwhile, nothing is done.",
        ),
        Action::ClosePoll => (
            "从此谁也不能再开始投票，不能再次开启。正在投的人可以投完，投票机继续送达选票；全部送达之后，由创建办封箱。评到一半离开、屏幕已盖上的人不能再接着评。请先确认没有代表在等候，也没有人要回来接着评。",
            "From now on nobody begins to vote, and the poll cannot be opened again. Those who are voting finish, and the booths go on delivering; when every ballot has arrived, the commission seals the box. Whoever left a vote half done, its screen covered, cannot go on with it. First see that no representative is waiting.",
        ),
        Action::Reveal => (
            "计票结果就此揭晓，不能收回：主持人在大屏上逐步宣布两个部分的名次，走到最后一步，公众网站才显示排名。已登记的处理已计入排名。",
            "The result is revealed and this cannot be taken back: the chair announces the ranks of both sections on the big screen step by step, and after the last step the public site shows the ranking. Recorded sanctions are counted in.",
        ),
        Action::ReplaceAbsent => (
            "下列代表失去席位，由下列候补递补。名单按抽取的次序计算，确认时再算一遍；失去席位的人不能再回来。缺席原因、文号和核对码随名单公布。",
            "This representative loses the seat, and this alternate is called. The order of the draw decides, and it is computed again on confirmation; nobody returns after losing a seat. Reason, document number and hash are published.",
        ),
        Action::Sanction | Action::DecideTie | Action::ChangeOfficeTexts => of_offices(action),
        Action::Publish => (
            "生成全部公开文件，按公众的方法验证一遍，有一项不符即不发布；然后用本年度的发布密钥签名，任何人都可以下载，不能收回。年度评议进入“结果已公布”。",
            "All public files are made and verified as a stranger would; if anything is wrong nothing is published. Then they are signed with the publication key of the year, and anybody can download them; it cannot be taken back. The edition moves on to “published”.",
        ),
        Action::Archive => (
            "年度评议就此结束，不能再更改。提名人的姓名、身份证号、电话和盐值从系统中删除，不能恢复；身份凭条和聘书不能再打印。已公布的内容保留。",
            "The evaluation of this year is closed for good. Names, ID card numbers, phones and salts of nominated people are erased and cannot be restored; slips and letters cannot be printed any more. What was published stays.",
        ),
        Action::RecordException | Action::WithdrawException => of_exceptions(action),
        Action::BeginPaperCount | Action::EndPaperCount => of_paper(action),
        Action::CreateAccount
        | Action::ChangeRole
        | Action::ResetPassword
        | Action::EnableAccount
        | Action::EnrolTerminal
        | Action::ResumeRestored
        | Action::Restore => of_installation(action),
    }
}

/// Acts about recorded exceptions; any other is told by [`sentence`].
const fn of_exceptions(action: Action) -> (&'static str, &'static str) {
    match action {
        Action::RecordException => (
            "登记下列例外。它说明哪一项没有按规定完成以及原因，随对账永久公布；两人在纸质记录上签字。只有确认时情况仍如下所述才会登记。",
            "This exception is recorded. It says what did not go as it must, and why; it is published with the reconciliation for ever, and both sign the paper record. It is recorded only if things are still as stated here when it is confirmed.",
        ),
        Action::WithdrawException => (
            "撤销下列已登记的例外：它不再随对账公布，所说明的情况重新成为待办；登记和撤销都留在操作日志中。只有投票仍处在登记时的阶段才会撤销。",
            "This recorded exception is withdrawn: it is not published any more, and what it was about is open again. That it was recorded and withdrawn stays in the log. It is done only while the poll is where it was when the exception was recorded.",
        ),
        _ => ("", ""),
    }
}

/// Acts about single offices; any other is told by [`sentence`].
const fn of_offices(action: Action) -> (&'static str, &'static str) {
    match action {
        Action::Sanction => (
            "该股室因拉票直接列入本部分末三位，不论得分；事由、文号和日期随结果公布。确认后不能撤销，对账后不能再增加。",
            "For canvassing, this office is placed directly among the last three of its section, whatever its score; reason, document number and date are published with the result. It cannot be taken back, and after the reconciliation none can be added.",
        ),
        Action::DecideTie => (
            "登记领导小组的裁定：下列股室列入界线以下。股室、文号和日期随结果公布，任何人都可以核对。确认后不能撤销。",
            "The decision of the leading group is recorded: the offices below belong under the cut. Offices, document number and date are published with the result, and anybody can check them. It cannot be taken back.",
        ),
        Action::ChangeOfficeTexts => (
            "下列职责、承诺、述职和群众意见摘要从此就是该股室的材料，原有的被替换。请对照盖章的书面材料逐字核对。名单公布以后，职责和承诺立即对公众可见；述职和群众意见摘要在公开述职时可见。",
            "The duties, commitment, statement and opinions below become those of the office and replace what was there. Compare them with the sealed papers, word by word. Duties and commitment are public as soon as the list is; statement and opinions when all statements are published.",
        ),
        _ => ("", ""),
    }
}

/// Acts about the paper ballots; any other is told by [`sentence`].
const fn of_paper(action: Action) -> (&'static str, &'static str) {
    match action {
        Action::BeginPaperCount => (
            "开始单独的纸质票计票：从此可以由两人逐捆录入纸质票。它与电子投票完全分开，不改变电子投票的任何内容，两者的票永不相加；采用哪一个结果由领导小组决定。原因会印在结果上。",
            "A count of paper ballots begins, of its own: two people type pile after pile. It changes nothing of the electronic poll, and their ballots are never added together; the leading group decides which result stands. The reason is printed on the result.",
        ),
        Action::EndPaperCount => (
            "纸质票录入就此结束，不能再增加或更改；随后本系统内可以看到并打印纸质票的得分和排名，标明“纸质票计票”，不自动公布，也不与电子结果合并。确认时如有一捆未由两人录入一致，或总数与清点的票数不等，不会执行。",
            "No pile can be added or changed any more; then scores and ranking of the paper ballots can be seen here and printed, marked as such. They are not published by themselves and not merged with the electronic result. If two people do not agree on every pile, or the total is not the number of papers counted, nothing is done.",
        ),
        _ => ("", ""),
    }
}

/// Acts about people, devices and backups; any other is told by [`sentence`].
const fn of_installation(action: Action) -> (&'static str, &'static str) {
    match action {
        Action::CreateAccount => (
            "新建下列账号，还没有密码。确认后，邀请码的乙码向确认人显示一次，甲码由提出人另取；两人各自当面交给本人，互不告知。本人在24小时内用两码自己设置密码，之后才能登录。提出人和确认人都不会知道密码。请核对姓名和角色：同一人在一个年度内不得先后担任互斥的角色。",
            "This account is created, without a password. On confirmation the confirmer is shown, once, the second half of an invitation code; the proposer fetches the first. Each hands an own slip to the person and tells the other nothing. With both halves the person chooses an own password within 24 hours and can sign in only then. Neither of the two ever knows the password. Check person and role: nobody may hold two roles that exclude each other in one edition.",
        ),
        Action::ChangeRole => (
            "该账号立即退出登录，从此只有新角色的权限，须重新登录。提出之后角色又有变动的，不会执行。",
            "The account is signed out at once, has the rights of the new role only, and must sign in again. If its role was changed after the proposal, nothing is done.",
        ),
        Action::ResetPassword => (
            "该账号的原密码立即作废，并立即退出登录。确认后，邀请码的乙码向确认人显示一次，甲码由提出人另取；两人各自当面交给本人，互不告知。本人在24小时内用两码自己设置新密码，在此之前不能登录。提出人和确认人都不会知道密码。请确认要求重置的是本人。",
            "The old password becomes void at once, and the account is signed out. On confirmation the confirmer is shown, once, the second half of an invitation code; the proposer fetches the first. Each hands an own slip to the person and tells the other nothing. With both halves the person chooses a new password within 24 hours and cannot sign in before. Neither of the two ever knows the password. Make sure that the person asked for it.",
        ),
        Action::EnableAccount => (
            "该账号从此可以用原来的密码和下列角色登录。提出之后角色又有变动的，不会执行。",
            "This account can sign in again, with the password it had and the role below. If its role was changed after the proposal, nothing is done.",
        ),
        Action::EnrolTerminal => (
            "允许下列终端接入服务器。确认前请走到这台终端前，核对它屏幕上的代码与下面的代码逐字相同；不同就不要确认，说明有人冒充。如写明替换，被替换的终端同时永久停用。",
            "This terminal may speak to the server. Before you confirm, go to it and compare the code on its screen with the one below, letter by letter; if they differ, do not confirm: somebody poses as the terminal or as the server. A terminal that is replaced is revoked for ever at the same time.",
        ),
        Action::ResumeRestored => (
            "这次投票是从下列备份恢复的。备份之后存入的选票，由各投票机重新送来；下面列出还没有重新送票的投票机，它们在备份之后送过的票不在这里，那些票所用的评议卡又能再用一次。请与大屏上最后一次显示的票数、最后打印的日志末端对照。备份之后的日志已经丢失。确认后投票继续；还有投票机没有送票、又没有损坏的，请不要确认。没有把握时可结束投票，或由领导小组决定重新投票。",
            "This poll was restored from the backup below. Every booth delivers once more what it had delivered after it; those that have not are named below: what they delivered after the backup is not here, and the card of such a ballot can be used once more. Compare the number of ballots last seen on the big screen and the log head printed last. The log after the backup is lost. On confirmation the poll goes on. Do not confirm while a booth is missing that is not broken. When in doubt the poll can be closed, or the leading group decides to vote anew.",
        ),
        Action::Restore => (
            "恢复备份只能在服务器上由命令行进行。",
            "A backup is restored at the server's command line only.",
        ),
        _ => ("", ""),
    }
}
