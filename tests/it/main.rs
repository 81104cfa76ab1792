//! Tests that cross a room's walls.
