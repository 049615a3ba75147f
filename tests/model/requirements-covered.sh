#!/bin/sh
# Checks that every S3.10.7.* row of the catalogue has a registered unit test that bears its id, or a reason why it cannot
# have one. It does not run the tests, and it does not judge what they assert.
#
# usage: requirements-covered.sh [CATALOGUE [DIRECTORY]]   (from the top of the tree; defaults: suite/requirements.tsv tests/model)
# Output: TAP. Exit: 0 all covered, 1 one is missing (or excused and tested at once), 2 usage or nothing to check.
set -u

catalogue=${1:-suite/requirements.tsv}
directory=${2:-tests/model}
excuses=$directory/not-representable.txt

for file in "$catalogue" "$excuses"; do
	if [ ! -r "$file" ]; then
		echo "Bail out! $file: cannot be read; run this from the top of the tree"
		exit 2
	fi
done

ids=$(cut -f1 "$catalogue" | grep '^S3\.10\.7\.')
count=$(printf '%s\n' "$ids" | grep -c .)
if [ "$count" -eq 0 ]; then
	echo "Bail out! $catalogue: has no row whose id begins with S3.10.7., so there is nothing to check"
	exit 2
fi

# The id as a C name, ended by anything but a digit: S3_10_7_4_SEQ_1 is not covered by S3_10_7_4_SEQ_10.
is_tested() {
	name=$(printf '%s' "$1" | tr '.-' '__')
	cat "$directory"/*.c 2>/dev/null | grep -q "cmocka_unit_test[a-z_]*($name\\([^0-9]\\|\$\\)"
}

# A reason is a second, tab-separated field that is not empty.
is_excused() {
	awk -F '\t' -v id="$1" '$1 == id && $2 != "" { found = 1 } END { exit !found }' "$excuses"
}

echo "TAP version 13"
echo "1..$count"
number=0
missing=0
for id in $ids; do
	number=$((number + 1))
	if is_tested "$id"; then
		if is_excused "$id"; then
			echo "not ok $number - $id"
			echo "# $id has a test and stands in $excuses too: delete that line"
			missing=$((missing + 1))
		else
			echo "ok $number - $id"
		fi
	elif is_excused "$id"; then
		echo "ok $number - $id # SKIP not representable"
	else
		echo "not ok $number - $id"
		echo "# no test in $directory/*.c is named $(printf '%s' "$id" | tr '.-' '__'), and $excuses has no reason for it"
		missing=$((missing + 1))
	fi
done
[ "$missing" -eq 0 ]
