//! What must hold, a file each. Each looks at one thing that happened, and says what is wrong with
//! it.

pub(crate) mod acked_offset_is_read_offset;
pub(crate) mod committed_offset_is_fetched;
pub(crate) mod generations_are_kept_apart;
pub(crate) mod log_start_spares_what_is_wanted;
pub(crate) mod no_false_out_of_range;
pub(crate) mod no_referenced_object_is_deleted;
pub(crate) mod one_value_per_offset;
pub(crate) mod only_what_is_superseded_goes;
pub(crate) mod polls_are_contiguous;
pub(crate) mod sequence_order_is_offset_order;
pub(crate) mod store_holds_what_is_referenced;
pub(crate) mod watermarks_are_monotone;

/// What is wrong, if anything is.
pub(crate) type Looked = Result<(), String>;
