//! Time left, in words.

/// "2 d 3 h left", "5 h over"
pub fn left(seconds: i64) -> String {
    let word = if seconds < 0 { "over" } else { "left" };
    let (minutes, hours) = (seconds.abs() / 60, seconds.abs() / 3600);
    match hours {
        0 => format!("{minutes} min {word}"),
        1..=47 => format!("{hours} h {word}"),
        _ => format!("{} d {} h {word}", hours / 24, hours % 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_left_is_said_in_the_unit_that_matters() {
        let said: Vec<String> = [59, 3_599, 3_600, 172_799, 172_800, -60, -90_000].into_iter().map(left).collect();
        assert_eq!(
            said,
            ["0 min left", "59 min left", "1 h left", "47 h left", "2 d 0 h left", "1 min over", "25 h over"]
        );
    }
}
