// Written by penstock-wire-codegen from Apache Kafka's message definitions; change the generator, not this file.

//! Request of API 51; versions 0, flexible from 0.

use bytes::Bytes;

use crate::error::{DecodeError, EncodeError};
use crate::generated::alter_user_scram_credentials_response;
use crate::generated::api_key::ApiKey;
use crate::message::{Element, Message, Request};
use crate::reader::Reader;
use crate::string::WireString;
use crate::writer::Writer;

/// Request of API 51; versions 0, flexible from 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlterUserScramCredentialsRequest {
    /// Versions 0.
    pub deletions: Vec<ScramCredentialDeletion>,
    /// Versions 0.
    pub upsertions: Vec<ScramCredentialUpsertion>,
}

impl Message for AlterUserScramCredentialsRequest {
    const NAME: &'static str = "AlterUserScramCredentialsRequest";
    const VERSIONS: std::ops::RangeInclusive<i16> = 0..=0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for AlterUserScramCredentialsRequest {
    const API_KEY: ApiKey = ApiKey::AlterUserScramCredentials;
    type Response = alter_user_scram_credentials_response::AlterUserScramCredentialsResponse;
}

impl Element for AlterUserScramCredentialsRequest {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let deletions = reader.array(version, flexible)?;
        let upsertions = reader.array(version, flexible)?;
        reader.skip_tags()?;
        Ok(Self { deletions, upsertions })
    }

    fn write(&self, writer: &mut Writer, version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.array(&self.deletions, version, flexible)?;
        writer.array(&self.upsertions, version, flexible)?;
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScramCredentialDeletion {
    /// Versions 0.
    pub name: WireString,
    /// Versions 0.
    pub mechanism: i8,
}

impl Element for ScramCredentialDeletion {
    const SIZE_MIN: usize = 3;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let name = reader.string(flexible)?;
        let mechanism = reader.i8()?;
        reader.skip_tags()?;
        Ok(Self { name, mechanism })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.name, flexible)?;
        writer.i8(self.mechanism);
        writer.no_tags();
        Ok(())
    }
}

/// Versions 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScramCredentialUpsertion {
    /// Versions 0.
    pub name: WireString,
    /// Versions 0.
    pub mechanism: i8,
    /// Versions 0.
    pub iterations: i32,
    /// Versions 0.
    pub salt: Bytes,
    /// Versions 0.
    pub salted_password: Bytes,
}

impl Element for ScramCredentialUpsertion {
    const SIZE_MIN: usize = 9;

    fn read(reader: &mut Reader, _version: i16, flexible: bool) -> Result<Self, DecodeError> {
        let name = reader.string(flexible)?;
        let mechanism = reader.i8()?;
        let iterations = reader.i32()?;
        let salt = reader.bytes(flexible)?;
        let salted_password = reader.bytes(flexible)?;
        reader.skip_tags()?;
        Ok(Self { name, mechanism, iterations, salt, salted_password })
    }

    fn write(&self, writer: &mut Writer, _version: i16, flexible: bool) -> Result<(), EncodeError> {
        writer.string(&self.name, flexible)?;
        writer.i8(self.mechanism);
        writer.i32(self.iterations);
        writer.bytes(&self.salt, flexible)?;
        writer.bytes(&self.salted_password, flexible)?;
        writer.no_tags();
        Ok(())
    }
}
