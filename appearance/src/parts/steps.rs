use maud::{Markup, html};

/// One step of a longer way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step<'a> {
    /// What is done in it.
    pub label: &'a str,
    /// Where it leads, if it can be visited.
    pub url: Option<&'a str>,
}

/// A row of steps, of which the one at `current` (0 is the first) is being done; those before it are past. A
/// `current` beyond the last means that all are past.
#[must_use]
pub fn steps(list: &[Step<'_>], current: usize) -> Markup {
    html! {
        ol class="steps" {
            @for (index, step) in list.iter().enumerate() {
                li class=[(index < current).then_some("past")] aria-current=[(index == current).then_some("step")] {
                    @match step.url {
                        Some(url) => a href=(url) { (step.label) },
                        None => span { (step.label) },
                    }
                }
            }
        }
    }
}

/// How much of something is done, with words for those who cannot see the bar.
#[must_use]
pub fn progress(done: u64, total: u64, label: &str) -> Markup {
    html! { progress value=(done) max=(total.max(1)) aria-label=(label) { (done) " / " (total) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_one_step_is_current_and_those_before_it_are_past() {
        let list = ["名单", "抽取", "投票"].map(|label| Step { label, url: None });
        let row = steps(&list, 1).into_string();
        assert_eq!(row.matches("aria-current=\"step\"").count(), 1);
        assert_eq!(row.matches("class=\"past\"").count(), 1);
        assert_eq!(steps(&list, 3).into_string().matches("past").count(), 3);
    }
}
