//! Rules about topics, their partitions and settings.

use std::sync::Arc;

use super::{Violation, require};
use crate::command::ConfigResource;
use crate::id::TopicId;
use crate::image::MetadataImage;

pub(super) fn check_topics(image: &MetadataImage) -> Result<(), Violation> {
    let mut streams = 0;
    for (id, topic) in &image.topics {
        let subject = || format!("topic {id}");
        require(topic.id == *id && *id != TopicId::NONE, "it is found by its id", subject)?;
        let by_name = image.topic_names.get_key_value(&topic.name);
        require(by_name.is_some_and(|(_, named)| named == id), "it is found by its name", subject)?;
        // Half of a name's memory would be lost to a second copy.
        let shared = by_name.is_some_and(|(name, _)| Arc::ptr_eq(name, &topic.name));
        require(shared, "its name is stored once", subject)?;
        require(!topic.streams.is_empty(), "it has a partition", subject)?;
        streams += topic.streams.len();
        for (number, stream) in (0..).zip(&topic.streams) {
            let back = image.stream(*stream).map(|stream| (stream.topic, stream.partition));
            require(back == Some((*id, number)), "its streams know it", subject)?;
        }
    }
    let exact = image.topic_names.len() == image.topics.len();
    require(exact, "there is one name a topic", || "names".into())?;
    require(image.streams.len() == streams, "every stream is a partition's", || "streams".into())
}

pub(super) fn check_configs(image: &MetadataImage) -> Result<(), Violation> {
    for (resource, settings) in &image.configs {
        let subject = || format!("settings of {resource:?}");
        require(!settings.is_empty(), "an empty set of settings is not kept", subject)?;
        if let ConfigResource::Topic(id) = resource {
            require(image.topics.contains_key(id), "the topic exists", subject)?;
        }
    }
    Ok(())
}
