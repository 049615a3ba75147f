# Which requirements are proved: rows whose own test FAILs on a mutant of that very row. Joined from the patches' `rule:`, from what covers a row (`tcpspec requirements --tests`) and from what
# failed. It decides of no mutant whether it is dead.
package Proofs;
use strict;
use warnings;
use Exporter 'import';
use Variant;
our @EXPORT = qw(covers_read proofs_read proofs_find proofs_choose proofs_write rows_read);

our $FILE = 'targets/reference/mutants/proofs.tsv';
# Lines of a row in the file, each of another mutant.
my $LINES = 3;

# row => { ladders => { id without family => 1 }, globs => [of cells] }.
sub covers_read {
	local $ENV{TCPSPEC_DATA} = '.';
	open(my $from, '-|', $ENV{TCPSPEC} // 'build/tcpspec', 'requirements', '--tests') or die "tcpspec requirements: $!\n";
	my %covers;
	while (<$from>) {
		chomp;
		my ($row, $test) = split /\t/;
		if ($test =~ m{^matrix/}) { push @{ $covers{$row}{globs} }, $test }
		else { $covers{$row}{ladders}{$test} = 1 }
	}
	close $from or die "tcpspec requirements --tests failed; `tcpspec lint suite/requirements.tsv` may know why\n";
	return \%covers;
}

# The rows that are to be proved, in the catalogue's order: none that cannot be seen, none that doc/not-tested.tsv excuses.
sub rows_read {
	my %excused = -e 'doc/not-tested.tsv' ? map { /^([^#\t]+)\t/ ? ($1 => 1) : () } split /\n/, text_read('doc/not-tested.tsv') : ();
	my @rows = map { [split /\t/] } split /\n/, text_read('suite/requirements.tsv');
	return [map { $_->[0] } grep { !$excused{ $_->[0] } && $_->[7] ne 'not-black-box-testable' } @rows[1 .. $#rows]];
}

# What the file in the tree says: mutant => row => { test => 1 }.
sub proofs_read {
	my %said;
	return \%said if !-e $FILE;
	for (grep { !/^(#|$)/ } split /\n/, text_read($FILE)) {
		my ($row, $test, $mutant) = split /\t/;
		$said{$mutant}{$row}{$test} = 1;
	}
	return \%said;
}

# Those of the glob's cells that fail, in the first set that has such. The product of the eight classic segments has nearly all; what it has not, the set of all segments or the covering array has.
# A glob that means nothing in a set plays nothing there.
sub cells_fail {
	my ($globs, $descriptor, $limit) = @_;
	my @found;
	for my $set (qw(full exhaustive pairwise)) {
		for my $glob (@$globs) {
			my (undef, $failed) = suite_play($descriptor, $limit, '--strict', '--axes', $set, $glob);
			push @found, map { $_->[1] eq 'inconclusive' ? () : $_->[0] } @$failed;
		}
		last if @found;
	}
	return @found;
}

# The tests of a row that fail on the variant whose descriptor this is: those of its ladders that failed already (ids), else its cells, which are played.
sub row_fails {
	my ($cover, $ids, $descriptor, $limit) = @_;
	my @found = grep { $cover->{ladders}{s{/v[46]$}{}r} } @$ids;
	return \@found if @found || !$cover->{globs};
	return [cells_fail($cover->{globs}, $descriptor, $limit)];
}

# row => tests that fail, for each row that the patch breaks; and of what the file says of it ($said: row => { test => 1 }) the lines that do not hold: [row, test].
sub proofs_find {
	my ($patch, $found, $covers, $said, $descriptor, $limit) = @_;
	my (%proofs, @stale, %has);
	for my $row (@{ $patch->{rules} }) {
		my $tests = row_fails($covers->{$row} // {}, $found->{ids}, $descriptor, $limit);
		$has{$row} = { map { $_ => 1 } @$tests };
		$proofs{$row} = [@$tests > $LINES ? @$tests[0 .. $LINES - 1] : @$tests];
	}
	for my $row (sort keys %$said) {
		# A cell was not asked where a ladder had failed before.
		push @stale, map { [$row, $_] } grep { !$has{$row}{$_} && !(m{^matrix/} && cells_fail([$_], $descriptor, $limit)) } sort keys %{ $said->{$row} };
	}
	return (\%proofs, \@stale);
}

# mutant => row => tests becomes row => [test, mutant], a few: of each mutant one, and of another test where there is one.
sub proofs_choose {
	my ($proofs) = @_;
	my %chosen;
	for my $mutant (sort keys %$proofs) {
		for my $row (keys %{ $proofs->{$mutant} }) {
			my @tests = @{ $proofs->{$mutant}{$row} } or next;
			my $lines = $chosen{$row} //= [];
			my %taken = map { $_->[0] => 1 } @$lines;
			my ($test) = ((grep { !$taken{$_} } @tests), @tests);
			push @$lines, [$test, $mutant] if @$lines < $LINES;
		}
	}
	return \%chosen;
}

# Writes the file for the rows in their order.
sub proofs_write {
	my ($file, $rows, $chosen) = @_;
	my $text = "# Requirements of suite/requirements.tsv whose test fails on a mutant of that very requirement: requirement, test, mutant. Written by `make proofs`; no line of it is written by hand.\n";
	for my $row (@$rows) {
		$text .= join '', map { "$row\t$_->[0]\t$_->[1]\n" } @{ $chosen->{$row} // [] };
	}
	text_write($file, $text);
	return;
}

1;
