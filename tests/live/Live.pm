# What the live tests share: running the command and reading its record. It holds no expectation.
package Live;
use strict;
use warnings;
use JSON::XS ();
use File::Temp ();
use Exporter 'import';
our @EXPORT = qw(play verdicts unexplained judged command tcpspec told_by target_without_gifts);

sub command { return $ENV{TCPSPEC} // 'build/tcpspec' }

# Runs a command; its exit code, and what it printed both ways.
sub told_by {
	my @words = @_;
	my $pid = open(my $out, '-|') // die "fork: $!";
	if ($pid == 0) {
		open(STDERR, '>&', \*STDOUT) or die $!;
		exec(@words) or die "exec: $!";
	}
	my $printed = do { local $/; <$out> };
	close $out;
	return ($? >> 8, $printed);
}

sub tcpspec { return told_by(command(), @_) }

# A declaration of the linux target, in this directory, that cannot be given anything: what needs it is UNIMPLEMENTED, and the rest is one run in one process and its namespaces, not some forty.
sub target_without_gifts {
	my ($room) = @_;
	my $from = ($ENV{TCPSPEC_DATA} // '.') . '/targets/linux';
	mkdir "$room/plain" or die "$room/plain: $!";
	for my $name ('target.ini', 'known.tsv') {
		open(my $in, '<', "$from/$name") or die "$from/$name: $!";
		my $text = do { local $/; <$in> };
		$name ne 'target.ini' || $text =~ s/^\[given\]\n.*?(?=^\[)//ms or die "$from/$name has no section [given]\n";
		open(my $out, '>', "$room/plain/$name") or die "$room/plain/$name: $!";
		print $out $text;
		close $out or die "$room/plain/$name: $!";
	}
	return "$room/plain/target.ini";
}

# Runs `tcpspec run` with these arguments. Returns the records (hash references), the exit code, and what it printed.
sub play {
	my @args = @_;
	my $file = File::Temp->new(SUFFIX => '.jsonl');
	my ($code, $printed) = tcpspec('run', '--json', $file->filename, @args);
	open(my $in, '<', $file->filename) or die "$file: $!";
	my @records = map { JSON::XS::decode_json($_) } <$in>;
	return (\@records, $code, $printed);
}

# The same for a hundred thousand results, whose lines are read by pattern (the record's writer knows one order of fields): id => verdict and reaction, which is what no seed, order or load may
# change; the exit code; the record's last line; what was printed.
sub judged {
	my @args = @_;
	my $file = File::Temp->new(SUFFIX => '.jsonl');
	my $printed = File::Temp->new;
	my $code = system(command() . " run --json $file " . join(' ', map { "'$_'" } @args) . " >$printed 2>&1") >> 8;
	my (%judged, $last);
	open(my $in, '<', "$file") or die "$file: $!";
	while (my $line = <$in>) {
		$last = $line;
		next unless $line =~ /^{"type":"result","id":"([^"]+)"/;
		my $id = $1;
		my ($verdict) = $line =~ /"verdict":"([^"]+)"/;
		my ($actual) = $line =~ /"actual":"([^"]*)"/;
		$judged{$id} = "$verdict " . ($actual // '');
	}
	open(my $told, '<', "$printed") or die "$printed: $!";
	return (\%judged, $code, $last ? JSON::XS::decode_json($last) : {}, do { local $/; <$told> });
}

# id => verdict.
sub verdicts {
	my ($records) = @_;
	return { map { $_->{id} => $_->{verdict} } grep { $_->{type} eq 'result' } @$records };
}

# What a result says of itself, for the one who reads why a test failed: a line of verdict and cause, and its ladder.
sub unexplained {
	my ($records, $id) = @_;
	my ($r) = grep { $_->{type} eq 'result' && $_->{id} eq $id } @$records;
	return "$id: no result" unless $r;
	return join("\n", "$id: $r->{verdict}: " . ($r->{cause} // ''), @{ $r->{ladder} // [] });
}

1;
