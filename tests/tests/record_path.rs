//! The whole way of a record: produced, read, and there again after the process was killed.

use anyhow::Context;
use bytes::Bytes;
use penstock_records::Encoding;
use penstock_tests::producer::{batch, create_topic, fetch, produce, producer_id, read_all};
use penstock_tests::server::Setup;

fn setup(data: &std::path::Path) -> Setup {
    Setup::new(env!("CARGO_BIN_EXE_penstock-under-test"), data)
}

fn values(from: usize, count: usize) -> Vec<Bytes> {
    (from..from + count).map(|i| Bytes::from(format!("value {i}"))).collect()
}

#[test]
fn what_was_acknowledged_survives_every_end() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let setup = setup(folder.path());
    let mut expected = Vec::new();
    for (round, end) in ["kill", "terminate", "kill", "kill", "terminate"].into_iter().enumerate() {
        let mut server = setup.start()?;
        let mut client = server.connect();
        create_topic(&mut client, "t")?;
        let read = read_all(&mut client, "t", 0).with_context(|| format!("round {round}"))?;
        assert_eq!(read, expected, "round {round}, before {end}");
        for encoding in
            [Encoding::None, Encoding::Gzip { level: -1 }, Encoding::Snappy, Encoding::Lz4]
        {
            let values = values(expected.len(), 10);
            let base = produce(&mut client, "t", 0, batch(encoding, None, &values))?;
            assert_eq!(usize::try_from(base)?, expected.len());
            expected.extend((base..).zip(values));
        }
        assert_eq!(read_all(&mut client, "t", 0)?, expected, "round {round}");
        if end == "kill" {
            server.kill();
        } else {
            assert!(server.terminate().success(), "{}", server.errors());
        }
    }
    Ok(())
}

#[test]
fn a_retry_after_a_restart_is_known() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let setup = setup(folder.path());
    let mut server = setup.start()?;
    let mut client = server.connect();
    create_topic(&mut client, "t")?;
    let (id, epoch) = producer_id(&mut client)?;
    let nth = |n: i32| batch(Encoding::None, Some((id, epoch, n * 3)), &values(0, 3));
    for n in 0..5 {
        assert_eq!(produce(&mut client, "t", 0, nth(n))?, i64::from(n) * 3);
    }
    server.kill();
    server = setup.start()?;
    client = server.connect();
    for n in 0..5 {
        assert_eq!(produce(&mut client, "t", 0, nth(n))?, i64::from(n) * 3, "again");
    }
    assert!(produce(&mut client, "t", 0, nth(6)).is_err(), "a gap in the sequence");
    assert_eq!(produce(&mut client, "t", 0, nth(5))?, 15);
    let (_, epoch_of_other) = producer_id(&mut client)?;
    assert_eq!(epoch_of_other, 0);
    Ok(())
}

#[test]
fn a_fetch_waits_for_what_comes() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let server = setup(folder.path()).start()?;
    let mut client = server.connect();
    create_topic(&mut client, "t")?;
    let mut reader = server.connect();
    let waiting = std::thread::spawn(move || fetch(&mut reader, "t", 0, 0, 20_000));
    produce(&mut client, "t", 0, batch(Encoding::None, None, &values(0, 1)))?;
    let (read, high_watermark) = waiting.join().expect("the reader does not panic")?;
    assert_eq!((read.len(), high_watermark), (1, 1));
    Ok(())
}
