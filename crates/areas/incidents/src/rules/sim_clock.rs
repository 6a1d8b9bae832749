//! The clock of an exercise: simulated time that runs at a speed, stands, or is moved ahead, and never goes back.

use kernel::Instant;

/// How many simulated seconds pass in a real one.
pub const SPEEDS: [i64; 4] = [1, 10, 60, 600];

/// At the real instant it showed the simulated one, and goes on from there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SimClock {
    pub real: Instant,
    pub simulated: Instant,
    /// 0 while it stands.
    pub speed: i64,
    /// It never shows more: an exercise that somebody forgot doesn't run into the next century.
    pub end: Instant,
}

impl SimClock {
    /// What it shows at a real instant. Before its setting it shows what it was set to, so a real clock that is put back
    /// puts back nothing here.
    #[must_use]
    pub fn at(&self, real: Instant) -> Instant {
        let passed = i128::from((real.micros() - self.real.micros()).max(0));
        let shown = i128::from(self.simulated.micros()) + passed * i128::from(self.speed.max(0));
        Instant::from_micros(i64::try_from(shown).unwrap_or(i64::MAX)).min(self.end)
    }

    /// The same clock from a real instant on, at another speed.
    #[must_use]
    pub fn at_speed(&self, real: Instant, speed: i64) -> Self {
        let real = real.max(self.real);
        Self { real, simulated: self.at(real), speed, end: self.end }
    }

    /// The clock moved ahead, or as it is where `to` has passed.
    #[must_use]
    pub fn ahead(&self, real: Instant, to: Instant) -> Self {
        let now = self.at_speed(real, self.speed);
        Self { simulated: to.min(self.end).max(now.simulated), ..now }
    }
}

/// What the clock showed at a real instant, by all of its settings in their order. Before the first it shows the start.
#[must_use]
pub fn simulated_at(settings: &[SimClock], real: Instant) -> Option<Instant> {
    let held = settings.iter().rev().find(|setting| setting.real <= real).or(settings.first())?;
    Some(held.at(real))
}

/// The real instant at which the clock showed a simulated one: the first, where it stood.
#[must_use]
pub fn real_at(settings: &[SimClock], simulated: Instant) -> Option<Instant> {
    let held = settings.iter().rev().find(|setting| setting.simulated <= simulated).or(settings.first())?;
    let passed = (simulated.micros() - held.simulated.micros()).max(0);
    Some(Instant::from_micros(held.real.micros() + passed.checked_div(held.speed).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seconds(seconds: i64) -> Instant {
        Instant::from_micros(seconds * 1_000_000)
    }

    fn clock() -> SimClock {
        SimClock { real: seconds(1_000), simulated: seconds(5_000), speed: 60, end: seconds(50_000) }
    }

    #[test]
    fn it_runs_at_its_speed_stands_and_ends() {
        let clock = clock();
        assert_eq!(clock.at(seconds(1_010)), seconds(5_600));
        let stands = clock.at_speed(seconds(1_010), 0);
        assert_eq!(stands.at(seconds(9_000)), seconds(5_600));
        assert_eq!(clock.at(seconds(9_000_000)), seconds(50_000), "not past its end");
        assert_eq!(clock.at(seconds(10)), seconds(5_000), "a real clock that is put back puts back nothing");
    }

    #[test]
    fn it_is_moved_ahead_and_never_back() {
        let clock = clock();
        assert_eq!(clock.ahead(seconds(1_010), seconds(20_000)).at(seconds(1_010)), seconds(20_000));
        assert_eq!(clock.ahead(seconds(1_010), seconds(5_001)).at(seconds(1_010)), seconds(5_600));
        assert_eq!(clock.ahead(seconds(1_010), seconds(99_000)).at(seconds(1_010)), seconds(50_000));
    }

    #[test]
    fn what_it_showed_tells_the_real_instant() {
        let settings = [
            clock(),
            clock().at_speed(seconds(1_010), 0),
            clock().at_speed(seconds(1_010), 0).at_speed(seconds(2_000), 10),
        ];
        assert_eq!(real_at(&settings, seconds(5_060)), Some(seconds(1_001)));
        assert_eq!(real_at(&settings, seconds(5_700)), Some(seconds(2_010)));
        assert_eq!(real_at(&settings, seconds(4_000)), Some(seconds(1_000)), "not before the start");
        assert_eq!(real_at(&[], seconds(4_000)), None);
    }

    proptest! {
        /// Whatever the facilitator does, simulated time only grows, and the settings tell it afterwards as it was shown.
        #[test]
        fn time_only_grows(steps in proptest::collection::vec((0_i64..5_000, 0_usize..5, 0_i64..60_000), 1..30)) {
            let mut settings = vec![clock()];
            let (mut real, mut shown) = (1_000, Vec::new());
            for (pause, speed, to) in steps {
                real += pause;
                let current = settings[settings.len() - 1];
                let before = current.at(seconds(real));
                let next = match speed {
                    4 => current.ahead(seconds(real), seconds(to)),
                    speed => current.at_speed(seconds(real), [0, 1, 60, 600][speed]),
                };
                prop_assert!(next.at(seconds(real)) >= before);
                settings.push(next);
                shown.push((seconds(real), next.at(seconds(real))));
            }
            prop_assert!(shown.windows(2).all(|pair| pair[0].1 <= pair[1].1));
            for (at, was) in shown {
                prop_assert!(simulated_at(&settings, at) >= Some(was));
            }
        }
    }
}
