#!/bin/sh
# Runs rustdoc as a nightly compiler's. Cargo compiles dependencies again if they see the variable, too.
RUSTC_BOOTSTRAP=1 exec rustdoc "$@"
