#!/usr/bin/perl
# Where the standard leaves a stack free, what it declares is what is judged: the reference stack with other choices passes when it declares them, alone and in any company, and fails when it does
# one thing and declares another. Nothing of it needs a privilege or a network. CHECK_ALL=1: in more company, and each of them, each time and count by itself, too.
use strict;
use warnings;
use lib 'tests/live';
use File::Spec;
use File::Temp ();
use Live;
use Test::More;

my $folder = File::Temp->newdir;
my ($volume, $directory) = File::Spec->splitpath(File::Spec->rel2abs(Live::command()));
my $library = "$directory/libtcpspec-reference.so";
-e $library or BAIL_OUT("$library is not there: `make` builds it");

my $ini = do { open(my $in, '<', 'targets/reference/target.ini') or die "target.ini: $!"; local $/; <$in> };
my %usual = $ini =~ /^(\w+)\s*=\s*(yes|no)\b/mg;
my %option = map { $_ => 1 } qw(timestamps window_scale sack);

# The reference stack's declaration, with these choices declared and these made.
sub declaration {
	my ($declared, $done) = @_;
	my $text = $ini =~ s{^library\s*=.*}{library = $library}mr =~ s{^known\s*=.*\n}{}mr;
	my $lacks = join(' ', grep { ($declared->{$_} // '') eq 'no' && ($done->{$_} // '') eq 'no' } sort keys %option);
	$text =~ s/^lacks\s*=.*/lacks = $lacks/m;
	$text =~ s/^($_\s*=\s*)[^#\n]*/$1$declared->{$_} /m for keys %$declared;
	$text .= join('', map { "$_ = $done->{$_}\n" } sort keys %$done);
	my $path = "$folder/x.ini";
	open(my $out, '>', $path) or die "$path: $!";
	print $out $text;
	close $out or die "$path: $!";
	return $path;
}

# Verdicts of a run of what is selected: how many of each; what was printed; and what fails, by the ladders' names, each once.
sub counted {
	my ($declared, $done, @selected) = @_;
	my ($judged, $code, undef, $told) = judged('--seed', 1, '-t', declaration($declared, $done), @selected);
	my (%count, %failed);
	$count{ (split / /)[0] }++ for values %$judged;
	$count{code} = $code;
	$failed{ s{/[ab]/v[46]$}{}r }++ for grep { $judged->{$_} =~ /^FAIL/ } keys %$judged;
	return (\%count, $told, join(' ', sort keys %failed));
}

sub passes {
	my ($name, %choice) = @_;
	my ($count, $told) = counted(\%choice, \%choice);
	ok($count->{code} == 0 && ($count->{PASS} // 0) > 1500 && !$count->{FAIL} && !$count->{INCONCLUSIVE}, $name) or diag($told =~ s/^(ok|  |#).*\n//mgr);
	return;
}

my @names = grep { $_ ne 'syn_early_retry' && $_ ne 'early_retransmit' && $_ ne 'rack' } sort keys %usual;
my %other = map { $_ => $usual{$_} eq 'yes' ? 'no' : 'yes' } @names;
cmp_ok(scalar @names, '>=', 11, 'the reference stack has choices');

# TIME-WAIT is looked at before it may be over, however late its end may come, and however coarse the clock.
my ($held, $seen) = counted({ msl => '5 s', time_wait_late => '1 s', tick => '500 ms' }, { msl => '5 s' }, 'close/time-wait-held', 'close/time-wait-restarted');
ok($held->{code} == 0 && ($held->{PASS} // 0) >= 4, 'a short MSL beside a coarse clock: TIME-WAIT is held') or diag($seen);

# The user timeout option takes room on the SYN and on the first text, and a hundred ladders say how large segments are: with it the cells are played, and the ladders that are given it anyway.
my ($optional, $printed) = counted({ user_timeout_option => 'yes' }, { user_timeout_option => 'yes' }, 'matrix/*', 'user-timeout-option/*');
ok($optional->{code} == 0 && ($optional->{PASS} // 0) > 200 && !$optional->{FAIL} && !$optional->{INCONCLUSIVE}, 'user_timeout_option = yes: cells, and what is about it') or diag($printed =~ s/^(ok|  |#).*\n//mgr);
@names = grep { $_ ne 'user_timeout_option' } @names;

# What the standard leaves nobody free to do fails, and nothing else does: keep-alive that nobody has asked for (RFC 9293 3.8.4, MUST-25), a largest timeout of less than a minute (RFC 6298 2.5), and a
# SYN that is given up before three minutes are over (RFC 9293 3.8.3, MUST-23).
for my $case (['keepalive', 'yes', 'keepalive/off-by-default'], ['rto_max', '20 s', 'retransmit/maximum-of-a-minute retransmit/syn-for-three-minutes'], ['syn_retries', 3, 'retransmit/syn-for-three-minutes']) {
	my ($name, $value, $fails) = @$case;
	my (undef, undef, $failed) = counted({ $name => $value }, { $name => $value });
	is($failed, $fails, "$name = $value: only what forbids it fails");
}
@names = grep { $_ ne 'keepalive' } @names;

%other = map { $_ => $other{$_} } @names;
for ($ENV{CHECK_ALL} ? @names : ()) { passes("$_ = $other{$_}", $_ => $other{$_}) }
passes('all of them', %other);
# Halves of them: each name in every second one, by the bits of a number.
for my $round (1 .. ($ENV{CHECK_ALL} ? 12 : 4)) {
	my $bits = ($round * 2654435761) >> 7;
	my @some = grep { $bits >> $_ & 1 } 0 .. $#names;
	passes(join(' ', map { $names[$_] } @some), map { $names[$_] => $other{ $names[$_] } } @some);
}

# Its times and counts.
my @times = (['rto_min', '200 ms'], ['rto_initial', '3 s'], ['rto_max', '90 s'], ['delayed_ack_max', '40 ms'], ['msl', '1 s'], ['syn_retries', 9], ['synack_retries', 2], ['retries', 3]);
for my $time ($ENV{CHECK_ALL} ? @times : ()) { passes("$$time[0] = $$time[1]", @$time) }
passes('all of them, otherwise', rto_min => '100 ms', rto_initial => '500 ms', rto_max => '60 s', syn_retries => 9, msl => '500 ms', retries => 5, synack_retries => 2, delayed_ack_max => '100 ms');

# A buffer larger than 65535 octets: the window is scaled, and where the peer does not scale there is no news of what its field cannot tell.
my ($wide) = counted({}, { receive_buffer => 1000000 });
ok($wide->{code} == 0 && ($wide->{PASS} // 0) > 1700, 'receive_buffer = 1000000');

# ---- one thing done, another declared ----

# How many FAILs. The cells are asked first, and the ladders, which take four times as long, where those see nothing.
sub failing {
	my @choices = @_;
	my ($count) = counted(@choices, 'matrix/*');
	($count) = counted(@choices) if !$count->{FAIL};
	return $count->{FAIL} // 0;
}

# What nobody is held to: that SACK was permitted shows in ladders of data alone, Nagle is set for the connections under test as declared, and a free choice not made where it is declared is no fault.
my %declared_alone = map { $_ => 1 } qw(rfc5961_rst rfc5961_syn rfc5961_ack time_wait_reuse rfc1337 half_duplex_close delayed_ack timestamps window_scale);
for my $name (sort keys %declared_alone) {
	cmp_ok(failing({ $name => $other{$name} }, {}), '>=', 1, "$name = $other{$name} is declared, and not so: FAIL");
}
for my $name (qw(rfc5961_rst rfc5961_syn rfc1337 timestamps window_scale)) {
	cmp_ok(failing({}, { $name => $other{$name} }), '>=', 1, "$name = $other{$name} is so, and not declared: FAIL");
}
for my $pair (['msl', '30 s'], ['rto_initial', '5 s']) {
	my ($name, $value) = @$pair;
	cmp_ok(failing({ $name => $value }, {}), '>=', 1, "$name = $value is declared, and not so: FAIL");
}
done_testing();
