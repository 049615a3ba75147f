# In which order a variant of the reference stack is tried, and what its death was: ladders and the base matrix, then the larger sets of cells and other declarations, as long as it lives. It
# builds nothing.
package Stages;
use strict;
use warnings;
use Exporter 'import';
use Variant;
our @EXPORT = qw(stages_try baseline_time outcome_is_death);

# Name, variant of the declaration, words of `run`. The covering array before the products: it has the timestamps and the numbers about 2^31 and 2^32. Then every choice as the usual declaration
# does not have it, and a buffer that makes the window scale: these lie behind most of what is left.
my @STAGES = (
	['ladders and base', 'usual', '--strict', '--all'],
	(map { [$_, 'usual', '--strict', '--axes', $_, 'matrix/*'] } qw(pairwise full)),
	['otherwise: full', 'otherwise', '--axes', 'full'],
	['large buffer: base', 'large', '--strict', '--all'],
	['exhaustive', 'usual', '--strict', '--axes', 'exhaustive', 'matrix/*'],
);

# The declaration of the variant, beside the usual one.
sub declaration_vary {
	my ($descriptor, $variant) = @_;
	return $descriptor if $variant eq 'usual';
	my $path = $descriptor =~ s/target\.ini$/$variant.ini/r;
	return $path if -e $path; # many share one
	my $text = text_read($descriptor);
	if ($variant eq 'large') {
		$text .= "receive_buffer = 1000000\n";
	} else {
		my %choice = map { $_->[0] => $_->[1] eq 'yes' ? 'no' : 'yes' } map { [/^(\w+)\s*=\s*(yes|no)\b/] } $text =~ /^\w+\s*=\s*(?:yes|no)\b/mg;
		delete @choice{qw(syn_early_retry early_retransmit rack)}; # the reference stack has no such setting
		delete @choice{qw(user_timeout_option source_route)}; # they take room in segments, and ladders say how large those are
		delete $choice{keepalive}; # a ladder asks for it to be off
		my @lacks = grep { ($choice{$_} // '') eq 'no' } qw(timestamps window_scale sack);
		$text =~ s/^($_\s*=\s*)(?:yes|no)/$1$choice{$_}/m for keys %choice;
		$text =~ s/^(lacks\s*=.*)/join ' ', $1, @lacks/me;
		$text .= join '', map { "$_ = $choice{$_}\n" } sort keys %choice;
	}
	text_write("$path.$$", $text);
	rename "$path.$$", $path or die "$path: $!\n";
	return $path;
}

# Plays stage by stage until one is not passed. limits: seconds for each stage, or nothing. last: the number of stages at the most. play: suite_play, or suite_play_until_fail where the first witness
# will do. Returns a hash: how (passed, fail, crash, hang, refused), stage, first (id),
# ladders and cells (counts of that stage), failed (the ladders' ids without side, family and the value of `for:`), ids
# (the ladders' results), seconds (of each stage).
sub stages_try {
	my ($descriptor, $limits, $last, $play) = @_;
	$play //= \&suite_play;
	my %found = (how => 'passed', stage => '', first => '', ladders => 0, cells => 0, failed => [], ids => [], seconds => []);
	for my $n (0 .. ($last // @STAGES) - 1) {
		my ($name, $variant, @words) = @{ $STAGES[$n] };
		my ($how, $failed, $seconds, $why) = $play->(declaration_vary($descriptor, $variant), $limits->[$n] // 300, @words);
		push @{ $found{seconds} }, $seconds;
		next if $how eq 'passed';
		# The tester that could not observe is no witness.
		my @witnesses = grep { $_->[1] ne 'inconclusive' } @$failed;
		$how = 'inconclusive' if $how eq 'refused' && @$failed || $how eq 'fail' && !@witnesses;
		my %ladder = map { $_->[0] =~ m{^(?!matrix/)(.*?)(/[a-z0-9-]+=[^/]*)?/[ab]/v[46]$} ? ($1 => 1) : () } @witnesses;
		$found{ids} = [grep { !m{^matrix/} } map { $_->[0] } @witnesses];
		@found{qw(how stage first ladders cells failed why)} =
			($how, $name, @witnesses ? $witnesses[0][0] : '', scalar(grep { $_->[0] !~ m{^matrix/} } @witnesses), scalar(grep { $_->[0] =~ m{^matrix/} } @witnesses), [sort keys %ladder], $why);
		last if outcome_is_death($how);
	}
	return \%found;
}

sub outcome_is_death { return $_[0] =~ /^(fail|crash|hang|refused)$/ }

# The unchanged stack must pass every stage, by the same build: else no death proves anything. Returns the processor time that each stage of a variant may take, seconds: 2, and so
# many times what the unchanged one takes.
sub baseline_time {
	my ($descriptor, $times, $last) = @_;
	my $found = stages_try($descriptor, [], $last);
	return [map { 2 + int($times * $_) } @{ $found->{seconds} }] if $found->{how} eq 'passed';
	my @some = @{ $found->{failed} };
	die "the unchanged stack does not pass ($found->{stage}: $found->{how}" . ($found->{first} ? ", first $found->{first}; $found->{ladders} ladders, $found->{cells} cells" : '')
		. ($found->{why} ? ": $found->{why}" : '') . "); mend that first\n";
}

1;
