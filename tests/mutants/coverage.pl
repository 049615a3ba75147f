#!/usr/bin/perl
# Measures which lines and branches of the reference stack the suite reaches: a library of its own under gcc's --coverage, the ladders and the sets base, pairwise and full, also with every choice declared the other way, gcov. Fails when the
# files that this suite is about fall below 95 % of the lines or 90 % of the branches. It changes no source.
#
# usage: make coverage, or in its environment: coverage.pl
# Reports, in $(BUILD)/mutants: coverage.tsv and coverage.md (by file), uncovered.tsv (each line, each branch). Exit: 0, or 1 with what is too low.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use File::Path qw(make_path remove_tree);
use File::Spec ();
use JSON::PP ();
use Report;
use Stages;
use Variant;

my $SCOPE = 'targets/reference/coverage.files';
my ($LINES, $BRANCHES) = (95, 90);

# file, or file:function => chapter; the first chapter is what this suite is about, the others are what later ones will be. A file that no line names is an error: it would be counted by nobody.
my (%chapter, @chapters);
for (split /\n/, text_read($SCOPE)) {
	next if /^(#|$)/;
	if (/^\[(.+)\]$/) { push @chapters, $1 }
	elsif (@chapters && m{^([^:]+)(:\w+)?$} && -e $1) { $chapter{$_} = $chapters[-1] }
	else { die "$SCOPE: neither a [chapter] nor a file of the tree, with or without a function: $_\n" }
}
my @own = grep { m{^targets/reference/} } stack_sources();
my @homeless = grep { !$chapter{$_} } @own;
die "$SCOPE: say to which chapter these belong: @homeless\n" if @homeless;

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
my $found = stages_try($descriptor, [], 6);
die "the suite does not pass on the instrumented stack: $found->{how} $found->{first} " . ($found->{why} // '') . "\n" if $found->{how} ne 'passed';

# file => line => [count, [count of each branch], function].
my %seen;
my $root = File::Spec->rel2abs('.');
for my $object (grep { m{/targets-} } @objects) {
	open(my $from, '-|', 'gcov', '--json-format', '--stdout', '--branch-probabilities', $object) or die "gcov: $!\n";
	my $json = JSON::PP::decode_json(do { local $/; <$from> });
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

my (@rows, @uncovered, %sum);
for my $name (sort keys %seen) {
	my @text = split /\n/, text_read($name);
	my (%n, %named);
	for my $number (sort { $a <=> $b } keys %{ $seen{$name} }) {
		my ($count, $branches, $function) = @{ $seen{$name}{$number} };
		my $text = $text[ $number - 1 ] =~ s/^\s+|\s+$//gr;
		my $chapter = $chapter{"$name:$function"} // $chapter{$name} // $chapter{ $name =~ s/h$/c/r } // $chapters[0];
		$named{"$name:$function"} = 1;
		my $n = $n{$chapter} //= { map { $_ => 0 } qw(lines reached branches taken) };
		$n->{lines}++;
		$n->{reached}++ if $count;
		$n->{branches} += @$branches;
		$n->{taken} += grep { $_ } @$branches;
		my @missed = grep { !$branches->[$_] } 0 .. $#$branches;
		push @uncovered, ["$name:$number", $function, $chapter, !$count ? 'line' : 'branch ' . join(',', map { $_ + 1 } @missed) . ' of ' . @$branches, $text] if !$count || @missed;
	}
	die "$SCOPE: there is no such function: $_\n" for grep { /^\Q$name\E:/ && !$named{$_} } sort keys %chapter;
	for my $chapter (grep { $n{$_} } @chapters) {
		$sum{$chapter}{$_} += $n{$chapter}{$_} for keys %{ $n{$chapter} };
		push @rows, [$name, $chapter, percents($n{$chapter})];
	}
}

sub percents {
	my ($n) = @_;
	return map { $n->{ $_->[1] } ? sprintf('%.1f %% of %d', 100 * $n->{ $_->[0] } / $n->{ $_->[1] }, $n->{ $_->[1] }) : '-' } ['reached', 'lines'], ['taken', 'branches'];
}

my @wrong;
for my $chapter (grep { $sum{$_} } @chapters) {
	push @rows, ["all of: $chapter", '', percents($sum{$chapter})];
	printf "%s: lines %s, branches %s\n", $chapter, percents($sum{$chapter});
}
my $own = $sum{ $chapters[0] };
for (['lines', 'reached', $LINES], ['branches', 'taken', $BRANCHES]) {
	my ($what, $got, $least) = @$_;
	push @wrong, sprintf '%s: %.1f %% of the %s are reached, fewer than %d %%; see %s', $chapters[0], 100 * $own->{$got} / $own->{$what}, $what, $least, build_dir() . '/uncovered.tsv' if $own->{$what} * $least > 100 * $own->{$got};
}
table_write('coverage', 'What the suite reaches of the reference stack', 'By ladders and the sets base, pairwise and full, also under other declarations; lines and branches as gcov counts them at -O0.', [qw(file chapter lines branches)], \@rows);
table_write('uncovered', 'What the suite does not reach', 'Lines that were not executed, and branches that were not taken.', [qw(place function chapter what text)], \@uncovered);
print map { "FAILED: $_\n" } @wrong;
exit(@wrong ? 1 : 0);
