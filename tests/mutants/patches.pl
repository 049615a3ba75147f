#!/usr/bin/perl
# Plays the suite on every patch of targets/reference/mutants and says which test killed it. A survivor that no `equivalent:` line explains is a missing test, and makes it fail; so does a patch that
# does not apply or build, and one that is called equivalent and is killed. It writes no patch.
#
# It also proves requirements: a row of suite/requirements.tsv is proved when a test that covers it FAILs on a patch that breaks it (`rule:`). A row that is neither proved nor excused, and a line of
# targets/reference/mutants/proofs.tsv that does not hold, make it fail.
#
# usage: make mutants-patches, make proofs, or in their environment: patches.pl [--list|--refresh|--proofs] [NAME...]
#   --list: only whether all apply   --refresh: writes them anew for sources that have moved a little; look at `git diff` before you believe it   --proofs: writes proofs.tsv anew
# Reports, in $(BUILD)/mutants: kills.tsv and kills.md (each mutant's death), idle.tsv and idle.md (each ladder that kills none), proofs.tsv, unproved.tsv and unproved.md (rows without a proof).
# Exit: 0, or 1 with what is wrong.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use File::Path qw(remove_tree);
use File::Temp ();
use Patches;
use Proofs;
use Report;
use Stages;
use Variant;

my $list = @ARGV && $ARGV[0] =~ /^--(list|refresh)$/ && shift;
my $renew = @ARGV && $ARGV[0] eq '--proofs' && shift;
die "make proofs takes all patches, leave out MUTANTS\n" if $renew && @ARGV;
# A mutant that kills more than this share of the ladders is left aside when it is asked what a ladder is good for.
my $MANY = 0.25;

my $dir = build_dir();
my @patches = patches_read(@ARGV);
exit list_print() if $list;

# Whether each applies, now or when it is written anew: TAP.
sub list_print {
	my ($number, $failed) = (0, 0);
	my $over = File::Temp->newdir;
	print '1..', scalar(@patches), "\n";
	for my $patch (@patches) {
		my ($applies, $said) = $list eq '--list' ? patch_apply($patch, "$over") : patch_refresh($patch, "$over");
		print $applies ? 'ok ' : 'not ok ', ++$number, " - $patch->{file} applies\n", $applies ? '' : $said =~ s/^/# /mgr;
		$failed ||= !$applies;
	}
	return $failed ? 1 : 0;
}

my %object = map { $_ => "$dir/base/$_.o" } stack_sources();
my @sources = sort keys %object;
my @compiled = pool_run($ENV{JOBS} // 2, \@sources, sub { \object_compile($_[0], undef, $object{ $_[0] }) });
for my $n (0 .. $#sources) {
	${ $compiled[$n] } or die "$sources[$n]: does not compile\n" . text_read("$object{$sources[$n]}.err");
}
my $limits = baseline_time((library_link("$dir/base", map { $object{$_} } sort keys %object) // die "the unchanged stack does not link\n"), 10);

my ($covers, $committed) = (covers_read(), proofs_read());

# Builds and plays one.
sub mutant_try {
	my ($patch) = @_;
	my $over = "$dir/patch/$patch->{name}";
	remove_tree($over);
	my ($applies, $said) = patch_apply($patch, $over);
	return { how => 'does not apply', why => $said } if !$applies;
	my (%changed, $differs);
	for my $touched (@{ $patch->{touches} }) {
		$changed{$_} = "$over/$_.o" for includers($touched);
	}
	for my $source (sort keys %changed) {
		next if !$object{$source};
		my $hash = object_compile($source, $over, $changed{$source}) or return { how => 'does not build', why => text_read("$changed{$source}.err") };
		$differs ||= text_read($changed{$source}) ne text_read($object{$source});
	}
	return { how => 'changes nothing', why => 'the compiler makes the same of it as of the unchanged stack' } if !$differs;
	my $descriptor = library_link($over, map { $changed{$_} // $object{$_} } sort keys %object) or return { how => 'does not build', why => 'it does not link' };
	my $found = stages_try($descriptor, $limits);
	@$found{qw(proofs stale)} = proofs_find($patch, $found, $covers, $committed->{ $patch->{name} } // {}, $descriptor, $limits->[0]);
	remove_tree($over) if $found->{how} ne 'passed';
	return $found;
}

sub line_print {
	my ($patch, $found) = @_;
	my $line = sprintf '%-44s %s', $patch->{name}, $found->{how} eq 'passed' ? 'survived' : "$found->{how}" . ($found->{first} ? " by $found->{first} ($found->{ladders} ladders, $found->{cells} cells)" : '');
	my $proofs = @ARGV ? $found->{proofs} // {} : {};
	return join "\n", $line, map { "\t$_ " . (@{ $proofs->{$_} } ? "proved by @{ $proofs->{$_} }" : 'not proved: ' . tests_said($_)) } sort keys %$proofs;
}

# Of a row that a patch breaks unseen.
sub tests_said {
	my ($row) = @_;
	my @tests = (sort(keys %{ $covers->{$row}{ladders} // {} }), @{ $covers->{$row}{globs} // [] });
	return @tests ? 'passed: ' . join(' ', @tests > 5 ? (@tests[0 .. 4], '...') : @tests) : 'it has no test';
}

my @found = pool_run($ENV{JOBS} // 2, \@patches, \&mutant_try, \&line_print);

my (@rows, @wrong, %kills, %proofs);
for my $n (0 .. $#patches) {
	my ($patch, $found) = ($patches[$n], $found[$n]);
	my $dead = outcome_is_death($found->{how});
	my $explained = defined $patch->{equivalent};
	my $how = $found->{how} eq 'passed' ? ($explained ? 'equivalent' : 'survived') : $found->{how};
	push @rows, [$patch->{name}, $patch->{description}, $patch->{clause}, $how, $found->{first} || '-', $found->{ladders} // 0, $found->{cells} // 0, $found->{stage} || '-'];
	$kills{$_}{ $patch->{name} } = 1 for @{ $found->{failed} // [] };
	$proofs{ $patch->{name} } = $found->{proofs} if $dead;
	push @wrong, map { "$Proofs::FILE: $_->[0] is no longer proved by $_->[1] on $patch->{name}; run `make proofs`" } @{ $found->{stale} // [] } if !$renew;
	next if $dead && !$explained || $how eq 'equivalent' || ($explained && $how eq 'changes nothing');
	push @wrong, "$patch->{file}: " . ($dead ? "is called equivalent, but $found->{how}" . ($found->{first} && " ($found->{first})") . '; take the line out' : $how eq 'survived' ? 'survived: a test is missing, or argue in a line `equivalent:`' : "$how: " . ($found->{why} // 'no test could observe it'));
}
my $killed = grep { $_->[3] =~ /^(fail|crash|hang|refused)$/ } @rows;
my $equivalent = grep { $_->[3] =~ /^(equivalent|changes nothing)$/ } @rows;
my $score = sprintf '%d mutants: %d killed (%d by a FAIL, %d crash, %d hang, %d refused), %d equivalent, %d wrong', scalar(@rows), $killed, (map { my $how = $_; scalar grep { $_->[3] eq $how } @rows } qw(fail crash hang refused)), $equivalent, scalar @wrong;

unless (@ARGV) {
	table_write('kills', 'Which test kills which mutant', "$score.", [qw(mutant fault clause outcome first ladders cells stage)], \@rows);
	idle_write();
	rows_prove();
}

# What the mutants prove of the catalogue, and what they do not.
sub rows_prove {
	my ($rows, $chosen) = (rows_read(), proofs_choose(\%proofs));
	my %is = map { $_->{name} => 1 } @patches;
	proofs_write("$dir/proofs.tsv", $rows, $chosen);
	proofs_write($Proofs::FILE, $rows, $chosen) if $renew;
	push @wrong, map { "$Proofs::FILE: there is no mutant $_ any more; run `make proofs`" } grep { !$is{$_} } sort keys %{ $renew ? {} : $committed };
	my %told = map { map { $_ => 1 } keys %$_ } values %{ $renew ? {} : $committed };
	push @wrong, map { "$Proofs::FILE: $_ is proved, and stands not there; run `make proofs`" } grep { $chosen->{$_} && !$told{$_} } $renew ? () : @$rows;
	my @without = grep { !$chosen->{$_} } @$rows;
	my %broken = map { my $name = $_->{name}; map { $_ => $name } @{ $_->{rules} } } reverse @patches;
	my $note = sprintf '%d of %d requirements that can be seen and are not excused are proved.', @$rows - @without, scalar @$rows;
	table_write('unproved', 'Requirements that no mutant proves', $note, [qw(requirement mutant tests)], [map { [$_, $broken{$_} // 'no patch breaks it', tests_said($_)] } @without]);
	push @wrong, scalar(@without) . " requirements are neither proved nor excused: $dir/unproved.md" if @without;
	print "$note\n";
	return;
}

# The inverse: what a ladder is good for.
sub idle_write {
	my %title;
	for my $file (sort glob('suite/*/*.ladder')) {
		my ($title) = text_read($file) =~ /\A# (.*)/;
		$title{ $file =~ s{^suite/|\.ladder$}{}gr } = $title;
	}
	# A mutant with which nothing works proves nothing of the single ladder.
	my %victims;
	for my $mutants (values %kills) {
		$victims{$_}++ for keys %$mutants;
	}
	for my $ladder (keys %kills) {
		delete @{ $kills{$ladder} }{ grep { $victims{$_} > $MANY * keys %title } keys %{ $kills{$ladder} } };
		delete $kills{$ladder} if !%{ $kills{$ladder} };
	}
	my @idle = map { [$_, $title{$_}] } grep { !$kills{$_} } sort keys %title;
	my @busy = map { [$_, scalar keys %{ $kills{$_} }, join(' ', sort keys %{ $kills{$_} })] } grep { $kills{$_} } sort keys %title;
	my $note = sprintf '%d of %d ladders kill no mutant of targets/reference/mutants, but such as kill more than a quarter of all ladders.', scalar(@idle), scalar keys %title;
	table_write('idle', 'Ladders that kill no mutant', $note, [qw(ladder question)], \@idle);
	table_write('ladders', 'The mutants that each ladder kills', "Ladders that kill none are in idle.md.", [qw(ladder number mutants)], \@busy);
	print "$note\n";
	return;
}

print "$score\n", map { chomp; "FAILED: $_\n" } @wrong;
exit(@wrong ? 1 : 0);
