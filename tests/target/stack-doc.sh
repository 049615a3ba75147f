#!/bin/sh
# What doc/stack.md quotes of the toy stands in the toy: every block marked c or ini is a piece of doc/toy's files, as it stands.
#
# usage: tests/target/stack-doc.sh   (run from the top of the tree)
# Output: TAP. Exit: 0 clean, 1 a finding.
exec perl -e '
	use strict;
	use warnings;
	local $/;
	my $toy = join "", map { open(my $f, "<", $_) or die "$_: $!\n"; <$f> } glob("doc/toy/*");
	open(my $f, "<", "doc/stack.md") or die "doc/stack.md: $!\n";
	my @block = <$f> =~ /^```(?:c|ini)\n(.*?)^```$/msg;
	print "TAP version 13\n1..", @block + 1, "\n";
	my ($number, $failed) = (1, @block < 5);
	print $failed ? "not " : "", "ok 1 - there are pieces of the toy in doc/stack.md\n";
	for my $piece (@block) {
		my ($first) = grep { /\S/ } split /\n/, $piece;
		my $there = index($toy, $piece) >= 0;
		$number++;
		print $there ? "" : "not ", "ok $number - \"$first\"\n";
		$failed ||= !$there;
	}
	exit($failed ? 1 : 0);
'
