#!/bin/sh
# Checks what the sources include and call: a layer includes only what stands before it, only the layers of the wire touch the network, banned functions
# stay out, files stay short. It reads text; it compiles nothing.
#
# usage: tests/lint-layers.sh [ROOT]   (default: the tree it lies in)
# Output: TAP; its first points plant a violation of each kind in a tree of its own and want it found. Exit: 0 clean, 1 a finding.
set -u

root=${1:-$(dirname "$0")/..}
limit=600

# Weakest first, as the Makefile lists them. A layer includes itself and what stands before it; programs of their own and `tests` stand at the end. No exceptions.
layers="$(sed -n 's/^LAYERS := //p' "$root/Makefile") targets/agent fuzz lib/bench targets/live targets/reference tests"
# (arpa/inet.h turns addresses into text and back, without I/O.)
wire_layers="lib/net lib/target lib/bench"
wire_headers='libnet\.h|libnet/|pcap\.h|pcap/|libmnl/|sys/socket\.h|netinet/|net/|linux/(netlink|if_|inet_diag|sock_diag|rtnetlink|tcp|veth|net|ethtool|sockios)'
# A stack of our own is written independently of the model, and has no memory, clock or wire but what it is given.
stacks="targets/reference"
stack_may='targets/reference/|lib/base/|lib/wire/|lib/target/stack\.h$'
stack_banned='malloc|calloc|realloc|free|memory_[a-z]+|printf|fprintf|fopen|open|read|write|time|clock|clock_gettime|gettimeofday|getenv|getrandom|random|exit|abort'
banned='strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|atof|rand|srand|sleep|usleep|nanosleep|system|popen'

sources() {
	for layer in $layers; do
		[ -d "$layer" ] && find "$layer" -type f \( -name '*.c' -o -name '*.h' \) -print
	done | LC_ALL=C sort
}

# Of the files on standard input, each line as "file:line:code": comments and literals are out, so that a word in them is no call.
code_of() {
	xargs -r perl -0777 -ne 's{(/\*.*?\*/)|(//[^\n]*)|("(?:\\.|[^"\\\n])*")|(\x27(?:\\.|[^\x27\\\n])*\x27)}{my $m = $&; (my $n = $m) =~ s/[^\n]//g; $m =~ m{^/} ? " $n" : "0$n"}gse; my $n = 0; print "$ARGV:", ++$n, ":$_\n" for split /\n/'
}

# Of the files on standard input, each #include in quotes as "file:line: header".
headers_of() {
	xargs -r grep -nH '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' | sed 's/^\([^:]*:[0-9]*:\)[^"]*"\([^"]*\)".*/\1 \2/'
}

find_layers() {
	sources | headers_of | awk -v layers="$layers" '
		BEGIN { count = split(layers, layer, " ") }
		function place(path, i) {
			for (i = 1; i <= count; i++)
				if (index(path, layer[i] "/") == 1)
					return i
			return 0
		}
		place($2) == 0 { print $1, "includes \"" $2 "\", which lies in no layer: write its path from the top of the tree" }
		place($2) > place($1) { print $1, "includes \"" $2 "\", which stands after its own layer" }'
}

stack_sources() {
	for stack in $stacks; do
		[ -d "$stack" ] && find "$stack" -type f \( -name '*.c' -o -name '*.h' \) -print
	done | LC_ALL=C sort
}

find_stack() {
	stack_sources | headers_of | grep -vE ": ($stack_may)" | sed 's|\(.*\): \(.*\)|\1: includes "\2": a stack may include lib/base, lib/wire and lib/target/stack.h|'
}

find_stack_calls() {
	stack_sources | code_of | grep -E "[^A-Za-z0-9_.>*]($stack_banned)[[:space:]]*\(" | sed 's|^\([^:]*:[0-9]*\):[[:space:]]*\(.*\)|\1: a stack has no memory, clock or I/O of its own: \2|'
}

find_wire() {
	sources | grep -E '^(lib|targets/reference)/' | grep -vE "^($(echo "$wire_layers" | tr ' ' '|'))/" |
		xargs -r grep -nHE "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]($wire_headers)" | sed "s|^\([^:]*:[0-9]*\):.*[<\"]\(.*\)[>\"].*|\1: includes <\2>, which only $wire_layers may|"
}

find_banned() {
	sources | code_of | grep -E "[^A-Za-z0-9_.>]($banned)[[:space:]]*\(" | sed 's|^\([^:]*:[0-9]*\):[[:space:]]*\(.*\)|\1: calls a banned function: \2|'
}

# (The agent is copied to devices, as one file.)
find_long() {
	sources | grep -v '^targets/agent/tcpspec-agent\.c$' | xargs -r wc -l | awk -v limit="$limit" '$2 != "total" && $1 > limit { print $2 ":" $1 ": has " $1 " lines, " limit " is the limit: split it by subject" }'
}

# check NAME FUNCTION: a point that wants nothing found.
check() {
	number=$((number + 1))
	found=$($2)
	if [ -z "$found" ]; then
		echo "ok $number - $1"
		return
	fi
	echo "not ok $number - $1"
	printf '%s\n' "$found" | sed 's/^/# /'
	failed=1
}

# planted NAME FUNCTION PATTERN: a point that wants the planted violation found, once, and nothing else.
planted() {
	number=$((number + 1))
	found=$($2)
	if [ "$(printf '%s\n' "$found" | grep -c .)" -eq 1 ] && printf '%s\n' "$found" | grep -qE "^$3"; then
		echo "ok $number - $1"
		return
	fi
	echo "not ok $number - $1"
	printf '%s\n' "found: $found" | sed 's/^/# /'
	failed=1
}

plant() {
	mkdir -p lib/base lib/model lib/net lib/cli targets/reference tests
	printf '#include "lib/base/text.h"\n#include "lib/net/wire.h"\n' >lib/model/up.c
	printf '#include <stdio.h>\n#include <sys/socket.h>\n' >lib/base/socket.c
	printf '#include <pcap/pcap.h>\n#include <sys/socket.h>\n' >lib/net/lawful.c
	# In comments, in strings, as a member and as part of a name it is no call.
	printf '/* sleep(1)\n * system("x") */\nconst char *s = "gets(x) \\" atoi(";\nvoid f(void)\n{\n\tt.rand(1);\n\tmy_sleep(1); // usleep(2)\n\tsleep (1);\n}\n' >lib/cli/banned.c
	# Its own calls may have such names, as members or parts of names; what it declares through a pointer is none.
	printf '#include "lib/wire/seq.h"\n#include "lib/target/stack.h"\nint64_t (*abort)(void);\nvoid f(struct p *p) { pool_free(p); p->abort(p); snprintf(0, 0, ""); }\n' >targets/reference/lawful.c
	printf '#include "lib/target/stack.h"\n#include "lib/model/model.h"\n' >targets/reference/model.h
	printf 'void *f(void)\n{\n\treturn malloc(1);\n}\n' >targets/reference/memory.c
	awk "BEGIN { for (i = 0; i <= $limit; i++) print \"\" }" >tests/long.c
}

echo "TAP version 13"
echo "1..12"
number=0
failed=0
cd "$root" || exit 1
garden=$(mktemp -d) || exit 1
trap 'rm -rf "$garden"' EXIT INT TERM
here=$(pwd)
cd "$garden" && plant
planted "a planted include of a later layer is found" find_layers 'lib/model/up\.c:2:'
planted "a planted socket header is found" find_wire 'lib/base/socket\.c:2:'
planted "a planted include of the model in a stack is found" find_stack 'targets/reference/model\.h:2:'
planted "a planted malloc() in a stack is found" find_stack_calls 'targets/reference/memory\.c:3:'
planted "a planted banned call is found, and no word that is none" find_banned 'lib/cli/banned\.c:8:'
planted "a planted long file is found" find_long 'tests/long\.c:'
cd "$here" || exit 1
check "a layer includes only what stands before it" find_layers
check "in lib/, only $wire_layers touch the network" find_wire
check "a stack of our own stands on lib/base, lib/wire and its header alone" find_stack
check "a stack of our own has no memory, clock or I/O of its own" find_stack_calls
check "no banned function is called" find_banned
check "no file is longer than $limit lines" find_long
[ "$failed" -eq 0 ]
