#!/usr/bin/perl
# Measures which lines and branches of the reference stack the suite reaches: a library of its own under gcc's --coverage, the ladders and every set of cells, also with every choice declared the other way, gcov. Fails when
# the stack falls below 95 % of the lines or 90 % of the branches, when what is left has no reason in targets/reference/uncovered.tsv, and when a reason there is for nothing. It changes no source.
#
# usage: make coverage, or in its environment: coverage.pl
# Reports, in $(BUILD)/mutants: coverage.tsv and coverage.md (by file), uncovered.tsv and uncovered.md (each line, each branch, with its reason). Exit: 0, or 1 with what is wrong.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use File::Path qw(make_path remove_tree);
use File::Spec ();
use JSON::XS ();
use Report;
use Stages;
use Variant;

my $REASONS = 'targets/reference/uncovered.tsv';
my ($LINES, $BRANCHES) = (95, 90);

# file, or *; function, or a /pattern/ of the line's text, or *; why the suite does not reach it.
my @reasons;
for (split /\n/, -e $REASONS ? text_read($REASONS) : '') {
	next if /^(#|$)/;
	my ($file, $what, $reason, @more) = split /\t/;
	die "$REASONS: expected a file or *, a function, a /pattern/ or *, and a reason, separated by tabs: $_\n" if @more || !$reason || ($file ne '*' && !-e "targets/reference/$file");
	push @reasons, { file => $file, pattern => $what =~ m{^/(.*)/$} ? qr/$1/ : undef, function => $what, reason => $reason, used => 0, said => "$file\t$what" };
}

sub reason_of {
	my ($file, $function, $text) = @_;
	for my $r (@reasons) {
		next if $r->{file} ne '*' && "targets/reference/$r->{file}" ne $file;
		next if $r->{pattern} ? $text !~ $r->{pattern} : $r->{function} ne '*' && $r->{function} ne $function;
		$r->{used}++;
		return $r->{reason};
	}
	return;
}

my $dir = build_dir() . '/coverage';
remove_tree($dir);
make_path($dir);
my @objects;
for my $source (stack_sources()) {
	my $object = "$dir/" . ($source =~ tr{/}{-}r =~ s/\.c$/.o/r);
	my @cover = $source =~ m{^targets/} ? ('--coverage', '-fprofile-abs-path') : ();
	system($ENV{CC} // 'gcc', qw(-std=c17 -D_GNU_SOURCE -O0 -fPIC -I.), '-DTCPSPEC_VERSION="coverage"', @cover, '-c', '-o', $object, $source) and die "$source: does not compile\n";
	push @objects, $object;
}
# gcc writes the counts when the process ends; library_link() has no word for --coverage, its runtime is one more object to it.
my $descriptor = library_link($dir, '--coverage', @objects) // die "the library does not link\n";
my $found = stages_try($descriptor, []);
die "the suite does not pass on the instrumented stack: $found->{how} $found->{first} " . ($found->{why} // '') . "\n" if $found->{how} ne 'passed';

# file => line => [count, [count of each branch], function].
my %seen;
my $root = File::Spec->rel2abs('.');
for my $object (grep { m{/targets-} } @objects) {
	open(my $from, '-|', 'gcov', '--json-format', '--stdout', '--branch-probabilities', $object) or die "gcov: $!\n";
	my $json = JSON::XS::decode_json(do { local $/; <$from> });
	close $from or die "gcov failed on $object\n";
	for my $file (@{ $json->{files} }) {
		my $name = $file->{file} =~ s{^\Q$root\E/}{}r;
		next if $name !~ m{^targets/reference/};
		for my $line (@{ $file->{lines} }) {
			my $at = $seen{$name}{ $line->{line_number} } //= [0, [], $line->{function_name} // ''];
			$at->[0] += $line->{count};
			$at->[1][$_] += $line->{branches}[$_]{count} for 0 .. $#{ $line->{branches} };
		}
	}
}

my (@rows, @uncovered, @wrong, %sum, %bare);
for my $name (sort keys %seen) {
	my @text = split /\n/, text_read($name);
	my %n = map { $_ => 0 } qw(lines reached branches taken);
	for my $number (sort { $a <=> $b } keys %{ $seen{$name} }) {
		my ($count, $branches, $function) = @{ $seen{$name}{$number} };
		my $text = $text[ $number - 1 ] =~ s/^\s+|\s+$//gr;
		my @missed = grep { !$branches->[$_] } 0 .. $#$branches;
		$n{lines}++;
		$n{reached}++ if $count;
		$n{branches} += @$branches;
		$n{taken} += @$branches - @missed;
		next if $count && !@missed;
		my $reason = reason_of($name, $function, $text);
		$bare{"$name $function"}++ if !defined $reason;
		push @uncovered, ["$name:$number", $function, !$count ? 'line' : 'branch ' . join(',', map { $_ + 1 } @missed) . ' of ' . @$branches, $text, $reason // 'NO REASON'];
	}
	$sum{$_} += $n{$_} for keys %n;
	push @rows, [$name, percents(\%n)];
}

sub percents {
	my ($n) = @_;
	return map { $n->{ $_->[1] } ? sprintf('%.1f %% of %d', 100 * $n->{ $_->[0] } / $n->{ $_->[1] }, $n->{ $_->[1] }) : '-' } ['reached', 'lines'], ['taken', 'branches'];
}

push @rows, ['all of the stack', percents(\%sum)];
printf "the reference stack: lines %s, branches %s\n", percents(\%sum);
for (['lines', 'reached', $LINES], ['branches', 'taken', $BRANCHES]) {
	my ($what, $got, $least) = @$_;
	push @wrong, sprintf '%.1f %% of the %s are reached, fewer than %d %%; see %s', 100 * $sum{$got} / $sum{$what}, $what, $least, build_dir() . '/uncovered.md' if $sum{$what} * $least > 100 * $sum{$got};
}
push @wrong, map { my ($file, $function) = split / /; "$file: of " . ($function // 'no function') . " $bare{$_} lines are not reached, or not in every branch: a test is missing, or a line of $REASONS" } sort keys %bare;
push @wrong, map { "$REASONS: stale: nothing is left unreached by $_->{said}" } grep { !$_->{used} } @reasons;
table_write('coverage', 'What the suite reaches of the reference stack', 'By ladders and every set of cells, also under other declarations; lines and branches as gcov counts them at -O0.', [qw(file lines branches)], \@rows);
table_write('uncovered', 'What the suite does not reach', 'Lines that were not executed, and branches that were not taken.', [qw(place function what text reason)], \@uncovered);
print map { "FAILED: $_\n" } @wrong;
exit(@wrong ? 1 : 0);
