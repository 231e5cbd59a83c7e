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
            "从存储的记录核对票箱为空（零票），然后开始接收选票。",
            "The stored rows are checked: the ballot box must be empty. Then ballots are accepted.",
        ),
        Action::ClosePoll => (
            "从此谁也不能再开始投票，不能再次开启。正在投的人可以投完，投票机继续送达选票；全部送达之后，由创建办封箱。请先确认没有代表在等候。",
            "From now on nobody begins to vote, and the poll cannot be opened again. Those who are voting finish, and the booths go on delivering; when every ballot has arrived, the commission seals the box. First see that no representative is waiting.",
        ),
        Action::RecordException => (
            "登记下列例外。它说明哪一项没有按规定完成以及原因，随对账永久公布；两人在纸质记录上签字。只有确认时情况仍如下所述才会登记。",
            "This exception is recorded. It says what did not go as it must, and why; it is published with the reconciliation for ever, and both sign the paper record. It is recorded only if things are still as stated here when it is confirmed.",
        ),
        Action::Reveal => (
            "公开计票结果和两个部分的排名。",
            "The result of the tally and the rankings of both sections become visible.",
        ),
        Action::ReplaceAbsent => (
            "下列代表失去席位，由下列候补递补。名单按抽取的次序计算，确认时再算一遍；失去席位的人不能再回来。缺席原因、文号和核对码随名单公布。",
            "This representative loses the seat, and this alternate is called. The order of the draw decides, and it is computed again on confirmation; nobody returns after losing a seat. Reason, document number and hash are published.",
        ),
        Action::Sanction => (
            "该股室因拉票直接列入本部分末三位，不论得分。对账后不能再增加或撤销。",
            "For canvassing, this office is placed directly among the last three of its section, whatever its score. After the reconciliation none can be added or removed.",
        ),
        Action::Publish => (
            "生成全部公开文件，按公众的方法验证一遍，签名并发布。年度评议进入“结果已公布”。",
            "All public files are made, verified as a stranger would, signed and published. The edition moves on to “published”.",
        ),
        Action::Archive => (
            "年度评议就此结束，不能再更改。提名人的姓名、身份证号、电话和盐值从系统中删除，不能恢复；身份凭条和聘书不能再打印。已公布的内容保留。",
            "The evaluation of this year is closed for good. Names, ID card numbers, phones and salts of nominated people are erased and cannot be restored; slips and letters cannot be printed any more. What was published stays.",
        ),
        Action::CreateAccount
        | Action::ChangeRole
        | Action::ResetPassword
        | Action::EnrolTerminal
        | Action::Restore => of_installation(action),
    }
}

/// Acts about people, devices and backups; any other is told by [`sentence`].
const fn of_installation(action: Action) -> (&'static str, &'static str) {
    match action {
        Action::CreateAccount => (
            "新建下列账号，可立即用提出人设定的密码登录。",
            "This account is created and can sign in at once with the password that the proposer has set.",
        ),
        Action::ChangeRole => {
            ("该账号改为新角色，须重新登录。", "The account gets the new role and must sign in again.")
        }
        Action::ResetPassword => (
            "该账号换成提出人设定的新密码，须重新登录。",
            "The account gets the new password that the proposer has set and must sign in again.",
        ),
        Action::EnrolTerminal => (
            "允许下列终端接入服务器。确认前请走到这台终端前，核对它屏幕上的代码与下面的代码逐字相同；不同就不要确认，说明有人冒充。如写明替换，被替换的终端同时永久停用。",
            "This terminal may speak to the server. Before you confirm, go to it and compare the code on its screen with the one below, letter by letter; if they differ, do not confirm: somebody poses as the terminal or as the server. A terminal that is replaced is revoked for ever at the same time.",
        ),
        Action::Restore => (
            "恢复备份只能在服务器上由命令行进行。",
            "A backup is restored at the server's command line only.",
        ),
        _ => ("", ""),
    }
}
