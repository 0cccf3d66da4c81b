#!/usr/bin/env bash
# What the build of src/ReadApi embeds, where ./adclicks or ./test have not fetched it before. Takes no lock: the caller may hold it.
set -u
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/prepare.sh"
choose_cache
fetch_web
