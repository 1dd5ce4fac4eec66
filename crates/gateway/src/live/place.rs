use std::{fmt, str::FromStr};

use content::AttemptId;

/// How far a page has read its runs: `<epoch>.<run>:<position>,<run>:<position>,…`. The address of a
/// stream and the id of each of its events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// Positions count in the logs of one process.
    pub(super) epoch: String,
    /// For each run the number of the last event that was seen, 0 for none.
    pub(super) positions: Vec<(AttemptId, u64)>,
}

impl Place {
    /// The most runs that one stream follows.
    pub(super) const MOST: usize = 64;

    /// Goes on from a place that the page reached later. Runs that `later` does not know begin anew.
    pub(super) fn resumed(mut self, later: Self) -> Self {
        for (run, position) in &mut self.positions {
            let reached = later.positions.iter().find(|(other, _)| other == run);
            *position = reached.map_or(0, |(_, reached)| *reached);
        }
        self.epoch = later.epoch;
        self
    }

    pub(super) fn reach(&mut self, run: AttemptId, seq: u64) {
        self.positions
            .iter_mut()
            .filter(|(other, _)| *other == run)
            .for_each(|(_, position)| *position = seq);
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.", self.epoch)?;
        for (at, (run, position)) in self.positions.iter().enumerate() {
            let comma = if at > 0 { "," } else { "" };
            write!(f, "{comma}{}:{position}", run.0)?;
        }
        Ok(())
    }
}

impl FromStr for Place {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORM: &str = "a place in streams has the form epoch.run:position,run:position";
        let (epoch, list) = text.split_once('.').ok_or(FORM)?;
        if epoch.is_empty() || epoch.len() > 32 || !epoch.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(FORM);
        }
        let mut place = Self { epoch: epoch.into(), positions: Vec::new() };
        for entry in list.split(',') {
            let (run, position) = entry.split_once(':').ok_or(FORM)?;
            let (run, position) =
                (AttemptId(run.parse().map_err(|_| FORM)?), position.parse().map_err(|_| FORM)?);
            match place.positions.iter().any(|(other, _)| *other == run) {
                true => place.reach(run, position),
                false => place.positions.push((run, position)),
            }
            if place.positions.len() > Self::MOST {
                return Err("one stream follows 64 runs at the most");
            }
        }
        Ok(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_what_they_say() {
        for text in ["k3x.12:0", "ab12.1:5,2:0,3:99"] {
            assert_eq!(text.parse::<Place>().map(|place| place.to_string()).as_deref(), Ok(text));
        }
        for wrong in ["", "k3x", "k3x.", ".1:1", "k3x.1", "k3x.1:-1", "k 3.1:1", "k.1:1,", "k\n.1:1", "k.x:1"]
        {
            assert!(wrong.parse::<Place>().is_err(), "{wrong:?}");
        }
        assert_eq!("e.1:2,1:3".parse::<Place>().map(|place| place.positions), Ok(vec![(AttemptId(1), 3)]));
    }

    #[test]
    fn a_stream_follows_so_many_runs() {
        let place = |runs: usize| {
            format!("e.{}", (0..runs).map(|run| format!("{run}:0")).collect::<Vec<_>>().join(","))
        };
        assert!(place(64).parse::<Place>().is_ok());
        assert!(place(65).parse::<Place>().is_err());
    }

    fn check(at: &str, later: &str, expected: &str) {
        let [at, later] = [at, later].map(|text| text.parse::<Place>().unwrap());
        assert_eq!(at.resumed(later).to_string(), expected);
    }

    #[test]
    fn a_reader_goes_on_from_the_last_event() {
        check("e.1:0,2:0", "e.1:7,2:3", "e.1:7,2:3");
        check("old.1:4", "new.1:2", "new.1:2");
        check("old.1:4,2:9", "new.1:2", "new.1:2,2:0");
        check("e.1:0", "e.1:7,9:3", "e.1:7");
    }
}
