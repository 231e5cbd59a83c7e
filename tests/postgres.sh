#!/bin/sh
# A throw-away PostgreSQL cluster for tests: no password, only this computer, data loss on a power cut accepted.
#
#   tests/postgres.sh start DIR PORT   makes the cluster in DIR if needed, starts it, prints PINGYI_TEST_POSTGRES
#   tests/postgres.sh stop DIR         stops it
#
# PostgreSQL refuses to run as root; root starts it as the user postgres, which the Debian package makes.
set -eu

usage() {
    sed -n '4,5s/^# *//p' "$0" >&2
    exit 2
}

find_tools() {
    for folder in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV) /usr/local/bin /usr/bin; do
        if [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ]; then
            tools=$folder
            return
        fi
    done
    echo "PostgreSQL is not installed. On Debian: apt-get install postgresql" >&2
    exit 1
}

as_owner() {
    if [ "$(id -u)" = 0 ]; then
        su postgres -s /bin/sh -c 'exec "$@"' -- sh "$@"
    else
        "$@"
    fi
}

start() {
    mkdir -p "$dir"
    if [ "$(id -u)" = 0 ]; then
        # Also the folders above must let the user postgres through.
        chown postgres "$dir"
        as_owner test -w "$dir" || { echo "the user postgres cannot reach $dir; choose a folder under /tmp" >&2; exit 1; }
    fi
    data=$dir/data
    if [ ! -f "$data/PG_VERSION" ]; then
        as_owner "$tools/initdb" -D "$data" -U pingyi --auth=trust --encoding=UTF8 --locale=C --no-sync >/dev/null
    fi
    if ! as_owner "$tools/pg_ctl" -D "$data" status >/dev/null 2>&1; then
        as_owner "$tools/pg_ctl" -D "$data" -l "$dir/log" -w -o "-p $port -k $dir -c listen_addresses=127.0.0.1 \
            -c fsync=off -c full_page_writes=off -c max_connections=200" start >/dev/null
    fi
    echo "PINGYI_TEST_POSTGRES=postgres://pingyi@127.0.0.1:$port/postgres"
}

stop() {
    as_owner "$tools/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null
}

[ $# -ge 2 ] || usage
case $2 in
    /*) dir=$2 ;;
    *) dir=$PWD/$2 ;;
esac
find_tools
case $1 in
    start)
        [ $# -eq 3 ] || usage
        port=$3
        start
        ;;
    stop) stop ;;
    *) usage ;;
esac
