# For scripts that start Java: file names by a locale that has them all, and which JDK it is. Sourced; starts no process where the
# shell can do it itself.

# Java takes the names of files and folders by the locale. Where that has ASCII only, as in cron and in containers, or isn't
# installed, no other name could be opened; UTF-8 can write them all. A locale of another kind, such as Latin 1, stays.
umlaut=$'\xc3\xa4' # one character in UTF-8
if [ "${#umlaut}" != 1 ]; then
    case $(locale charmap 2>/dev/null) in
        '' | ANSI_X3.4* | US-ASCII | 646) { export LC_ALL=C.UTF-8; } 2>/dev/null ;;
    esac
fi

user_home=${HOME:-$(unset HOME && echo ~)} # where cron or a container sets none, it is what the system says of the user

# Puts the path of a file with all symbolic links followed into $path; readlink -f is not everywhere.
real_path() {
    local link
    case $1 in
        */*) path=$1 ;;
        *) path=./$1 ;;
    esac
    while [ -L "$path" ]; do
        link=$(readlink "$path")
        case $link in
            /*) path=$link ;;
            *) path=${path%/*}/$link ;;
        esac
    done
    case $path in
        [!/]* | *//* | */./* | */../*) path=$(cd "${path%/*}/" && pwd -P)/${path##*/} ;;
    esac
}

# Puts where the PATH has a program, or nothing, into $path.
find_on_path() {
    local folder IFS=:
    for folder in $PATH; do
        path=${folder:-.}/$1
        [ ! -f "$path" ] || [ ! -x "$path" ] || return 0
    done
    path=
}

# Whether a folder is the home of a JDK 25; its release file is then in $release.
is_jdk_25() {
    release=
    [ -x "$1/bin/javac" ] && [ -f "$1/release" ] || return
    IFS= read -r -d '' release <"$1/release"
    [[ $'\n'$release = *$'\n''JAVA_VERSION="25.'* ]]
}

# Puts the home of a JDK 25, or nothing, into $jdk.
find_jdk() {
    local home path usual=(/usr/lib/jvm/* "${SDKMAN_DIR:-$user_home/.sdkman}"/candidates/java/* /Library/Java/JavaVirtualMachines/*/Contents/Home \
        "$user_home"/.jdks/* /opt/*)
    jdk=${JAVA_HOME:-}
    [ -z "$jdk" ] || ! is_jdk_25 "$jdk" || return
    find_on_path java
    if [ -n "$path" ]; then
        for jdk in "${usual[@]}"; do
            [ ! "$path" -ef "$jdk/bin/java" ] || ! is_jdk_25 "$jdk" || return
        done
        real_path "$path"
        home=${path%/*}
        jdk=${home%/*}
        ! is_jdk_25 "$jdk" || return
    fi
    for jdk in "${usual[@]}"; do
        ! is_jdk_25 "$jdk" || return
    done
    jdk=
}

# With a TornadoVM SDK: Java's own compilers at a lower priority than what a first run waits for, TornadoVM's and the driver's
# (docs/benchmarks/cold.md). For Linux, whose priorities the second option's number is one of. Java warns anyone but root that it
# may not raise priorities; this one it lowers, which everybody may.
compilers_last=()
case ${OSTYPE:-} in
    linux*) compilers_last=(-XX:ThreadPriorityPolicy=1 -XX:CompilerThreadPriority=5) ;;
esac
