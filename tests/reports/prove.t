#!/usr/bin/perl
# Reads the golden TAP files with prove's own parser: version, plan and diagnostics must be what it takes. It does not read them for people.
use strict;
use warnings;
use TAP::Parser;
use Test::More;

my %points = ('run.tap' => 9, 'strict.tap' => 9);
for my $name (sort keys %points) {
	open my $in, '<:encoding(UTF-8)', "tests/golden/$name" or die "tests/golden/$name: $!, run this from the top of the tree\n";
	my $tap = do { local $/; <$in> };
	my $parser = TAP::Parser->new({ tap => $tap });
	my ($tests, $asked, $whole, $severe) = (0, 0, 1, 1);
	while (my $result = $parser->next) {
		$tests++ if $result->is_test;
		next unless $result->is_yaml;
		my $data = $result->data;
		$asked++ if $data->{asked} && $data->{rerun} =~ /^tcpspec run --seed 7 .*'$/;
		$severe = 0 unless $data->{severity} =~ /^[a-z-]+$/;
		$whole = 0 if $data->{ladder} && $data->{ladder} !~ /^# .*\n.*TCP A.*\n.*-->.*\n.*# [^\n]*<== no reply$/s;
	}
	is(join("\n", $parser->parse_errors), '', "$name: no parse error");
	is($parser->version, 13, "$name: version 13");
	is($tests, $points{$name}, "$name: every point is read");
	is($asked, $points{$name} - 2, "$name: everything but the two plain passes carries diagnostics that say how to run it again");
	ok($severe && $whole, "$name: severity and ladder survive the reader");
}
done_testing();
