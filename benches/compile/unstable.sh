#!/bin/sh
# Runs the compiler it is given with its unstable options allowed.
RUSTC_BOOTSTRAP=1 exec "$@"
