#!/bin/sh
# What the compiler does not check: formatting, and the folders' directions.
set -eu
cd "$(dirname "$0")/.."
bad=0
files=$(git ls-files '*.c' '*.h')

for f in $files; do
	[ -f "$f" ] || continue
	clang-format --dry-run --Werror "$f" >/dev/null 2>&1 || {
		echo "$f: run clang-format -i"
		bad=1
	}
done

# Which folders a file of this folder may include from by name. Meson gives
# each folder only these paths; this also catches an include that climbs out.
may_include() {
	case $1 in
	protocol) echo protocol ;;
	transport | disasm | symbols) echo protocol "$1" ;;
	session) echo protocol symbols session ;;
	shell) echo protocol symbols session disasm shell ;;
	tests/lab/*) echo tests/lab tests ;;
	esac
}

for f in $files; do
	[ -f "$f" ] || continue
	case $f in
	tests/lab/*) folder=tests/lab/ ;;
	tests/*) continue ;;
	*/*) folder=${f%%/*} ;;
	*) continue ;;
	esac
	for include in $(sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*"\([^"]*\)".*/\1/p' "$f"); do
		case $include in
		*/*)
			echo "$f: \"$include\" names a folder; include by file name"
			bad=1
			continue
			;;
		esac
		if [ "$folder" = examples ]; then
			[ -f "examples/$include" ] && continue
			echo "$f: \"$include\": examples use <crashcart/...> only"
			bad=1
			continue
		fi
		found=no
		for from in $(may_include "$folder"); do
			if [ "$from" = tests ]; then
				[ -f "tests/$include" ] && found=yes
			elif [ -n "$(find "$from" -name "$include")" ]; then
				found=yes
			fi
		done
		[ $found = yes ] && continue
		echo "$f: \"$include\" is not for this folder"
		bad=1
	done
done

# labtarget shares no source with the debugger, so it may not even see kd_*
if grep -rnE '#[[:space:]]*include[^/]*kd_' tests/lab; then
	echo "tests/lab must not include the debugger's headers"
	bad=1
fi

# What belongs to one machine or to nobody
if git grep -nE '/(home|root|work|Users)/[a-z]' -- . ':!tests/lint.sh'; then
	echo "a path of somebody's machine"
	bad=1
fi
exit $bad
