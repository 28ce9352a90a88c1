# For scripts that start Java with the tests' classes: bench, fuzz and soak source it, and oracle for the check of options. Builds
# where a source is newer than the last build, and puts Java's command line, without a class, into $command; $root and $target are
# the repository's folder and its target/.
#   launch TOOL PROFILE CLASS    PROFILE may be empty; CLASS, of its sources, tells whether these were ever compiled

# shellcheck source=java.sh
. "$(dirname "${BASH_SOURCE[0]}")/java.sh"
# Ends the script unless an option's value is a whole number from 1.
#   whole_number TOOL OPTION VALUE
whole_number() {
    case ${3:-} in
        '' | *[!0-9]* | 0*)
            printf '%s: %s is %s; it must be a whole number from 1\n' "$1" "$2" "${3:-missing}" >&2
            exit 2
            ;;
    esac
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P) || exit
target=$root/target

launch() {
    local tool=$1 profile=$2 class=$3 file jdk
    # One file an SDK: Maven starts Java otherwise with each.
    file=$target/$tool-$(printf '%s' "${TORNADOVM_HOME:-}" | cksum | cut -d ' ' -f 1).launch
    if ! [ -f "$file" ] || ! [ -f "$target/test-classes/$class.class" ] \
        || [ -n "$(find "$root/pom.xml" "$root/src" -newer "$file" -print | head -n 1)" ]; then
        command -v mvn >/dev/null || {
            echo "$tool: Maven is needed to build and is not on the PATH; install it (its package is called maven)" >&2
            exit 1
        }
        find_jdk
        [ -n "$jdk" ] || {
            echo "$tool: there is no JDK 25 in JAVA_HOME, on the PATH or in the usual places; install one (adoptium.net) or set JAVA_HOME" >&2
            exit 1
        }
        echo "$tool: building..." >&2
        mkdir -p "$target" && : >"$file.started" # what is saved from here on counts as changed
        # Maven compiles with JAVA_HOME's Java, its exec plugin starts the PATH's
        (cd "$root" && JAVA_HOME=$jdk PATH=$jdk/bin:$PATH mvn -q -B -Dstyle.color=never ${profile:+"-P$profile"} -DskipTests "-Dlaunch.file=$file.lines" test-compile exec:exec@launch) >&2 </dev/null || {
            echo "$tool: the build failed; the lines above say why" >&2
            exit 1
        }
        mv "$file.lines" "$file" && touch -r "$file.started" "$file"
    fi
    mapfile -t command <"$file"
    # Java's own signal handlers stay first: while a driver compiles, LLVM puts its own in their place, and what is everyday to Java
    # (a null check, a safepoint) then deletes the driver's temporary files or ends the process.
    local jsig
    jsig=$(dirname "$(dirname "${command[0]}")")/lib/libjsig.so
    if [ -n "${TORNADOVM_HOME:-}" ] && [ -f "$jsig" ]; then
        export LD_PRELOAD="$jsig${LD_PRELOAD:+:$LD_PRELOAD}"
    fi
}
