//! Reads of committed objects, counted request by request.

mod caching;
mod failing;
mod picking;
mod searching;
mod world;
