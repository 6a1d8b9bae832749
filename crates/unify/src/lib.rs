//! Nothing but the whole workspace's outside dependencies with their one feature set. `cargo test -p AREA -p unify` then
//! reuses what `cargo build` compiled, where `-p AREA` alone would compile half the tree again with fewer features.
