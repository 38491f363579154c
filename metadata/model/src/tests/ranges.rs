//! Ranges are found among many, of many streams.

use proptest::prelude::*;

use super::world::{Upload, World};
use crate::id::{Offset, StreamId};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    #[test]
    fn ranges_from_an_offset_are_those_that_end_after_it(
        uploaded in proptest::collection::vec((1_u64..4, 1_u64..5), 0..200),
        start in 0_u64..200,
    ) {
        let mut world = World::with_streams(3);
        let mut ends = [0; 4];
        let mut ranges = Vec::new();
        for (stream, length) in uploaded {
            let end = &mut ends[usize::try_from(stream).unwrap()];
            ranges.push((stream, *end..*end + length, 0));
            *end += length;
        }
        let upload = Upload { objects: 1, ranges: ranges.clone(), ..Upload::default() };
        world.commit(&upload).unwrap();
        world.trim(&[(2, start)], 0).unwrap();
        ranges.retain(|(stream, offsets, _)| *stream != 2 || offsets.end > start);

        for stream in 0..5 {
            for offset in 0..ends.iter().max().unwrap() + 2 {
                let found = world.image.ranges_from(StreamId(stream), Offset(offset));
                let found: Vec<_> =
                    found.map(|range| range.offsets.start.0..range.offsets.end.0).collect();
                let expected = ranges.iter().filter(|r| r.0 == stream && r.1.end > offset);
                prop_assert_eq!(found, expected.map(|r| r.1.clone()).collect::<Vec<_>>());
            }
        }
    }
}
