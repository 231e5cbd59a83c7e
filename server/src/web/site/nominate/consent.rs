//! What the personal information law (个人信息保护法) wants people to be told before they consent: art. 13, 14 (consent),
//! 17 (what to tell), 28 to 30 (sensitive data, separate consent, why it is needed and what it means).

use evaluation::pool::Feature;
use evaluation::rules::Rules;
use maud::{Markup, html};

use crate::web::layout::Frame;

/// The notice.
pub(super) fn notice(frame: &Frame, rules: &Rules) -> Markup {
    let office = frame.pick(
        format!("{}“阳光股室”创建活动领导小组办公室（设在县纪委监委，以下称创建办）", rules.county.zh),
        format!(
            "the programme office of the Sunshine Office campaign of {} (inside the discipline commission)",
            rules.county.en
        ),
    );
    html! {
        section class="promise consent" aria-labelledby="consent-title" {
            h2 id="consent-title" { (frame.say("个人信息处理告知书", "What happens with your data")) }
            p class="muted small" { (frame.say("依据《中华人民共和国个人信息保护法》第十三、十四、十七、二十八至三十条", "Personal Information Protection Law, articles 13, 14, 17 and 28 to 30")) }
            dl class="facts" {
                dt { (frame.say("谁处理", "Who")) } dd { (office) }
                dt { (frame.say("为了什么", "What for")) } dd {
                    (frame.say(
                        "审核评议代表人选，组成代表库，公开抽取评议代表，通知和核对到场的代表。不作其他用途，不提供给第三方。",
                        "To review candidates, form the pool, draw the representatives in public, and invite and check in those drawn. Nothing else, and nobody else gets the data.",
                    ))
                }
                dt { (frame.say("处理哪些", "Which data")) } dd {
                    (frame.say(
                        "姓名、电话、人员类别、推荐单位、工作单位及职务；敏感个人信息：身份证号。",
                        "Name, phone, category, recommending unit, workplace and position; sensitive: the ID card number.",
                    ))
                }
                dt { (frame.say("为何需要身份证号", "Why the ID card number")) } dd {
                    (frame.say(
                        "用来防止一人多报，并算出身份锚，使任何人不能在抽取后冒名顶替。如泄露可能被人冒用，所以与其他内容分开存放，只有创建办审核人员能看到，任何页面都不公布。",
                        "To keep a person from being nominated twice, and to compute the anchor that keeps anybody from taking a drawn place. Leaked, it could be abused; so it is stored apart, only the reviewers of the office see it, and no page publishes it.",
                    ))
                }
                (afterwards(frame, rules))
            }
        }
    }
}

/// What is published, how long the data are kept, and the rights.
fn afterwards(frame: &Frame, rules: &Rules) -> Markup {
    html! {
        dt { (frame.say("公布哪些", "What is published")) } dd {
            (frame.say(
                "审核通过并锁定后公布：库内编号、组别、类别、隐去中间字的姓名（如 张*丰）、身份锚（一串核对码，推不出身份证号）。未通过的一律不公布。",
                "After approval and lock: id in the pool, half, category, masked name (such as 张*丰) and the anchor, from which the number cannot be derived. Nothing of those who are not approved.",
            ))
            @if !rules.pool.features.is_empty() {
                " " (frame.say("另公布：", "Also: "))
                @for (feature, position) in rules.pool.features.iter().zip(0..) {
                    @if position > 0 { (frame.say("、", ", ")) }
                    @match feature {
                        Feature::Gender => (frame.say("性别", "gender")),
                        Feature::AgeBand => (frame.say("年龄段", "age band")),
                    }
                }
                (frame.say("（由身份证号得出，用于名额）。", " (from the ID card number, for quotas)."))
            }
        }
        dt { (frame.say("怎样处理", "How")) } dd {
            (frame.say(
                "存放在本系统的服务器上；查看和操作限于有权限的人员，留有日志，日志不含姓名和号码。",
                "It is kept on the server of this system. Only those who may see it do; there is a log, without names and numbers.",
            ))
        }
        dt { (frame.say("保存多久", "How long")) } dd {
            (frame.say(
                "姓名、身份证号、电话和盐值保存到本年度评议归档，届时从系统中删除。已公布的内容作为评议档案保留。",
                "Name, ID card number, phone and salt until the evaluation of this year is archived; then they are erased from the system. What was published stays as its record.",
            ))
        }
        dt { (frame.say("您的权利", "Your rights")) } dd {
            (frame.say(
                "您可以查阅、复制、更正、补充、要求删除，也可以随时撤回同意；锁定之前撤回的，不进入代表库。撤回不影响此前已进行的处理。不同意不会有任何不利后果，只是不能参加抽取。",
                "You may read, copy, correct and complete the data, ask for erasure, and withdraw the consent at any time; before the lock you then stay out of the pool. What was done before stays lawful. Not consenting has no consequence but that you cannot be drawn.",
            ))
        }
        dt { (frame.say("怎样联系", "Contact")) } dd {
            (frame.pick(
                format!("到{}纪委监委创建办当面或书面提出，请出示查询码或本人身份证；创建办应及时答复。", rules.county.zh),
                format!("In person or in writing at the programme office in the discipline commission of {}, with the code or your ID card; it answers without delay.", rules.county.en),
            ))
        }
    }
}
