//! Reading what is in objects.
