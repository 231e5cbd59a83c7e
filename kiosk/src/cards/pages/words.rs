//! What the card officer's pages say.

use appearance::Text;

pub(super) const NAME: Text = Text::new("评议卡", "Voting card");
pub(super) const REHEARSAL: Text = Text::new("演练，不是正式投票", "Rehearsal, not the real poll");
pub(super) const REAL: Text = Text::new("正式投票", "The real poll");
pub(super) const ANONYMOUS: Text = Text::new(
    "无记名。一卡一票，请勿拍照。投完票可以撕毁，没有投票的请交回。",
    "Anonymous. One card, one ballot. Do not photograph it. Give it back if you do not vote.",
);

pub(super) const STEPS: [Text; 4] = [
    Text::new("核对，两人在场", "Compare, two present"),
    Text::new("制卡打印", "Make and print"),
    Text::new("清点销毁", "Count and destroy"),
    Text::new("打乱，断电", "Shuffle, power off"),
];

pub(super) const POLL: Text = Text::new("投票", "Poll");
pub(super) const PURPOSE: Text = Text::new("性质", "Kind");
pub(super) const NUMBER: Text = Text::new("张数", "Cards");
pub(super) const NUMBER_HINT: Text =
    Text::new("（评议代表人数加登记的备用卡）", "(representatives and declared spares)");
pub(super) const ELECTION: Text = Text::new("选举编号", "Election");

pub(super) const ORDER_TITLE: Text = Text::new("制作评议卡", "Make the voting cards");
pub(super) const OFFICER: Text = Text::new("制卡员姓名", "Card officer's name");
pub(super) const SECOND: Text = Text::new("在场第二人姓名", "Second person's name");
pub(super) const POWER: Text = Text::new(
    "做完这四步之前，本机不能断电、不能重启",
    "Do not switch this terminal off before all four steps are done",
);
pub(super) const POWER_MEANING: Text = Text::new(
    "卡的秘密只在本机内存里，不写盘。中途断电，还没印出的卡就永远印不出来，服务器也不再接受第二批。全部做完以后则必须断电。",
    "The secrets of the cards are in memory only, never on disk. If the power fails before they are printed, they are lost, and the \
     server takes no second lot. When all is done the power must be switched off.",
);
pub(super) const PRINTER_READY: Text = Text::new(
    "打印机用线直接接在本机上，纸和墨已够，试印正常",
    "The printer is connected to this terminal by cable, has paper and ink, and has printed a test page",
);
pub(super) const POWER_UNDERSTOOD: Text = Text::new(
    "两人都在场，直到清点完毕不离开；插好电源",
    "Both are present and stay until all is counted; the power is plugged in",
);
pub(super) const MAKE: Text = Text::new("开始制卡", "Make the cards");
pub(super) const NOT_YET: Text = Text::new("还不能继续", "Not yet");

pub(super) const NO_ORDER_TITLE: Text = Text::new("现在不能制卡", "No cards can be made now");
pub(super) const NO_ORDER: Text = Text::new(
    "密钥仪式完成以后、卡还没有登记之前，才能制卡。请联系创建办。",
    "Cards are made after the key ceremony, and before cards are registered. Ask the commission.",
);
pub(super) const RESTARTED: Text =
    Text::new("如果控制台显示评议卡已就绪", "If the console shows that the cards are ready");
pub(super) const RESTARTED_COUNTED: Text = Text::new(
    "卡已经印好、两人清点过、秘密已销毁：一切正常，本机可以断电。",
    "The cards were printed, counted by both, and the secrets destroyed: all is well; switch this terminal off.",
);
pub(super) const RESTARTED_LOST: Text = Text::new(
    "本机在清点之前断过电或重启过：这批卡的秘密已经没有了，缺的卡印不出来，服务器也不接受第二批卡。清点手里完好的卡：\
     够评议代表每人一张，就可以继续，缺的是备用卡，写进制卡记录；不够，就不能开启这次投票，请立即报告创建办和监督员，由他们决定怎样重新建立投票（新的密钥、新的卡）。",
    "This terminal lost power or was restarted before they were counted: the secrets are gone, missing cards cannot be printed, and \
     the server takes no second lot. Count the good cards in hand. If there is one for each representative, go on, and note in the \
     record that spares are missing. If not, this poll must not be opened: report to the commission and the supervisor at once; \
     they decide how the poll is set up anew, with new keys and new cards.",
);
pub(super) const NO_CONTACT: Text = Text::new("连接不上服务器", "The server cannot be reached");
pub(super) const NO_CONTACT_NEXT: Text = Text::new(
    "请检查网线和服务器，然后重试。本机还没有制卡。",
    "Check the cable and the server, then try again. No card was made.",
);
pub(super) const ASK_AGAIN: Text = Text::new("重试", "Try again");

pub(super) const SENDING_TITLE: Text = Text::new("登记评议卡", "Register the cards");
pub(super) const UNANSWERED: Text = Text::new(
    "卡已在本机内存里，服务器还没有确认登记",
    "The cards are in memory; the server has not confirmed them",
);
pub(super) const UNANSWERED_NEXT: Text = Text::new(
    "不要断电。检查网线，再送一次：送的是同一批卡里不含秘密的部分，重复送没有坏处。登记之前不能打印。",
    "Do not switch off. Check the cable and send again: it is the public part of the same cards, and repeating does no harm. \
     Nothing can be printed before they are registered.",
);
pub(super) const SEND_AGAIN: Text = Text::new("再送一次", "Send again");
pub(super) const REFUSED: Text = Text::new("服务器没有接受这批卡", "The server did not take these cards");
pub(super) const REFUSED_NEXT: Text = Text::new(
    "卡还在本机内存里。先按服务器说的处理，再送一次。在控制台“投票”页看到评议卡没有就绪，才可以丢弃重来。",
    "The cards are still in memory. Do what the server says, then send again. Discard them only if the console does not show \
     them as registered.",
);
pub(super) const DISCARD: Text = Text::new("丢弃这批卡，重新开始", "Discard these cards and begin anew");
pub(super) const DISCARD_SURE: Text = Text::new(
    "已在控制台“投票”页看过：评议卡没有就绪",
    "The console's page of the poll was looked at: the cards are not ready there",
);

pub(super) const PRINT_TITLE: Text = Text::new("打印评议卡", "Print the cards");
pub(super) const PRINT_EXPLAIN: Text = Text::new(
    "服务器已登记。打开打印页，在打印对话框里选：A4、单面、100%、不要页眉页脚，只印一份。每次打印的顺序都是随机的。",
    "The server has registered them. Open the sheets and print: A4, one-sided, 100 %, no headers or footers, one copy. Every \
     print has a new random order.",
);
pub(super) const SHEETS: Text = Text::new("应有纸张数：", "Sheets of paper:");
pub(super) const SHOW_SHEETS: Text = Text::new("打开打印页", "Open the sheets");
pub(super) const SHREDDED: Text = Text::new(
    "前一次印出的全部（好的和坏的）已当着两个人碎掉",
    "The whole print before, good and bad, was shredded before both people",
);
pub(super) const REPRINT: Text = Text::new("没印好，要整批重印", "The print failed: print all anew");
pub(super) const COUNT_TITLE: Text = Text::new("清点并销毁秘密", "Count, and destroy the secrets");
pub(super) const COUNT_EXPLAIN: Text = Text::new(
    "裁开以后两个人各数一遍，并随手抽几张看二维码和字是否清楚。数对以后，本机就把秘密抹掉，从此谁也印不出同样的卡。",
    "Cut the sheets; both count the cards, and look at some of them: are picture and code clear? When the number is right this \
     terminal wipes the secrets, and nobody can print these cards again.",
);
pub(super) const COUNTED: Text = Text::new("清点的卡数", "Cards counted");
pub(super) const COUNTED_HINT: Text = Text::new("完好的卡，一张一张数", "Good cards, counted one by one");
pub(super) const SPOILED: Text = Text::new("印坏的页数", "Spoiled sheets");
pub(super) const SPOILED_HINT: Text = Text::new(
    "夹纸、缺墨、印偏都算；应填 0。只要有一页坏，就整批碎掉重印",
    "Jams, pale or shifted prints; it must be 0. If a single one is spoiled, all are shredded and printed anew",
);
pub(super) const BOTH_COUNTED: Text = Text::new(
    "两个人都数过；打印机出纸口和队列里没有剩下的页",
    "Both have counted; nothing is left in the printer or its queue",
);
pub(super) const DESTROY: Text = Text::new("数目正确，销毁秘密", "The number is right: destroy the secrets");

pub(super) const DESTROYED_TITLE: Text = Text::new("评议卡做好了", "The cards are made");
pub(super) const DESTROYED: Text =
    Text::new("本机程序里的秘密已经抹掉", "The secrets in this program are wiped");
pub(super) const DESTROYED_MEANING: Text = Text::new(
    "从现在起，只有卡本身能用来投票。浏览器和打印机的内存里可能还有残留，断电才算干净。",
    "From now on only the cards themselves can vote. Traces may be left in the memory of browser and printer until they are \
     switched off.",
);
pub(super) const AFTERWARDS: [Text; 4] = [
    Text::new(
        "把下面的制卡记录抄下（或用“打印”按钮印出来），两人签字。",
        "Copy the record below, or print it with the button; both sign it.",
    ),
    Text::new(
        "关掉本机和打印机的电源，拔下插头，等一分钟。",
        "Switch off this terminal and the printer, pull the plugs, and wait a minute.",
    ),
    Text::new(
        "把全部卡装进同样的信封，放在一起彻底打乱。",
        "Put all cards into envelopes that look alike, and shuffle them well.",
    ),
    Text::new(
        "封存到投票日；签到以后由代表自己随手抽取，备用卡由监票人在投票期间抽出。",
        "Seal them until the day. Representatives draw their card blind after checking in; trustees draw the spares during the poll.",
    ),
];
pub(super) const RECORD: Text = Text::new("制卡记录", "Record");
pub(super) const PRINTS: Text = Text::new("打印次数", "Prints");
pub(super) const SIGNED: Text = Text::new("签字：", "Signed:");
pub(super) const DATE: Text = Text::new("日期：", "Date:");

pub(super) const PRINT_NOW: Text = Text::new("打印", "Print");
pub(super) const SHEET_HINT: Text = Text::new(
    "A4、单面、100%、不要页眉页脚、一份。印完回到清点。",
    "A4, one-sided, 100 %, no headers or footers, one copy. Then go back to count.",
);
pub(super) const SHEET_BACK: Text = Text::new("印完了，去清点", "Printed: go and count");
