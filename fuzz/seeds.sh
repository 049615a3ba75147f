#!/bin/sh
# Writes seeds and dictionaries of the harnesses into FOLDER/seeds/HARNESS and FOLDER/dict, with the programs that lie in FOLDER. It fuzzes nothing.
#
# usage: fuzz/seeds.sh FOLDER      (from the top of the tree; FOLDER is $(BUILD)/fuzz)
set -eu
folder=$1
rm -rf "$folder/seeds" "$folder/dict"
mkdir -p "$folder/seeds" "$folder/dict"
"$folder/make-parser-seeds" "$folder/seeds"
"$folder/make-seeds" "$folder/seeds" >/dev/null
for harness in fuzz_input fuzz_lwip fuzz_stack fuzz_differential fuzz_linux; do # on any stack the same inputs speak to the connection
	cp -r "$folder/seeds/fuzz_reference" "$folder/seeds/$harness"
done
perl fuzz/dict.pl "$folder/dict"

# What the readers of text are there to read: every ladder of the suite, every declaration, and the head of every list of deviations.
perl -MFile::Copy -e '
	my $into = shift;
	copy($_, "$into/" . tr{/}{_}r) or die "$_: $!\n" for @ARGV;
' "$folder/seeds/fuzz_ladder" suite/*/*.ladder targets/*/target.ini
for file in targets/*/known*.tsv; do
	head -n 12 "$file" >"$folder/seeds/fuzz_ladder/$(echo "$file" | tr / _)"
done
