#!/usr/bin/env perl
# Checks what a VoC Vault proves, as verify_proof.py does, but is no translation of it: it follows docs/FORMATS.md and the
# standards named below in ways of its own. Whoever trusts neither script runs both.
use 5.014;
use strict;
use warnings FATAL => 'all';
use Config;
use Digest::SHA qw(sha256);
use File::Temp ();
use Getopt::Long ();
use IPC::Open3 qw(open3);
use MIME::Base64 qw(decode_base64 encode_base64);

my $HELP = <<'END';
Checks what a VoC Vault proves, without a vault: the modules that Perl comes with and openssl (3.0 or later).

usage: verify_proof.pl VERIFIER_KEY [--checkpoint FILE] [--customer PSEUDONYM] < PROOF

PROOF is what one of these commands printed:
  vocvault audit prove N                an entry: prints it
  vocvault subject certificate …        an erasure: its words, its signature and its entry must agree; prints the words
  vocvault audit prove --consistency …  that the log continues the older checkpoint in FILE: prints both sizes

VERIFIER_KEY is what `vocvault init` and `vocvault audit verify` print: NAME+ID+KEY. --customer demands a certificate about
this customer. Exit code 0: it holds; 1: it does not; 2: wrong usage.

Formats: C2SP signed-note, tlog-checkpoint, tlog-proof, tlog-witness. Hashes and proofs: RFC 9162, 2.1. Entries: RFC 8785.
END

my $CERTIFICATE = 'VoC Vault erasure certificate v1';
# Since format 5, behind the records: what the entry says as well.
my %REACH = ('customers of one person' => 'customers', 'handles searched' => 'handles', 'mentions in texts of others' => 'mentions');
my @CERTIFIED = ('vault', 'customer', 'purpose of the pseudonym', 'erased', 'records', 'key', 'audit entry', 'tombstones');
my $PROOF = 'c2sp.org/tlog-proof@v1';
my $DASH = "\xE2\x80\x94";
my $MOST_BYTES_OF_ENTRY = 65535;

# Everything below works on bytes. Whatever is not as it must be ends in `wrong`: nothing else decides that a proof does not hold.

sub wrong {
    my ($reason) = @_;
    die "$reason\n";
}

# Texts

sub characters {
    my ($bytes) = @_;
    utf8::decode($bytes) && $bytes !~ /[^\x{0}-\x{D7FF}\x{E000}-\x{10FFFF}]/ or wrong('this is no text');
    return $bytes;
}

# The blocks of lines between empty lines.
sub blocks {
    my ($text, $what) = @_;
    characters($text) !~ /[\x00-\x09\x0B-\x1F]/ or wrong('this is no text');
    $text =~ s/\n\z// or wrong("$what is cut short");
    my @blocks = map { [split /\n/, $_, -1] } split /\n\n/, $text, -1;
    for my $block (@blocks) {
        @$block && !grep { $_ eq '' } @$block or wrong("$what has an empty line where there must be none");
    }
    return @blocks;
}

sub decoded {
    my ($text, $what) = @_;
    my $bytes = decode_base64($text);
    # decode_base64 skips what it does not know: only what it would write itself counts.
    encode_base64($bytes, '') eq $text or wrong("$what is not base64");
    return $bytes;
}

sub hash_in {
    my ($text, $what) = @_;
    my $hash = decoded($text, $what);
    length $hash == 32 or wrong("$what is no SHA-256");
    return $hash;
}

# Whether decimal digits, without a sign, say no more than others do.
sub at_most {
    my ($digits, $most) = @_;
    return length $digits < length $most || length $digits == length $most && $digits le $most;
}

sub number {
    my ($text, $what) = @_;
    $text =~ /\A(?:0|[1-9][0-9]*)\z/ && at_most($text, '9223372036854775807') or wrong("$what is not a number");
    return $text;
}

# Trees (RFC 9162): a proof is taken apart from its end, as 2.1.3.1 and 2.1.4.1 put it together.

sub node {
    my ($left, $right) = @_;
    return sha256("\x01$left$right");
}

# The largest power of two below a size.
sub middle_of {
    my ($size) = @_;
    my $middle = 1;
    $middle *= 2 while $size - $middle > $middle;
    return $middle;
}

sub last_of {
    my ($path) = @_;
    @$path or wrong('the path is too short');
    return pop @$path;
}

# The root of the tree in which a leaf's hash is at an index.
sub root_over {
    my ($hash, $index, $size, $path) = @_;
    return $hash if $size == 1;
    my ($middle, $sibling) = (middle_of($size), last_of($path));
    return node(root_over($hash, $index, $middle, $path), $sibling) if $index < $middle;
    return node($sibling, root_over($hash, $index - $middle, $size - $middle, $path));
}

# The roots of an older tree and of the one that continues it. $known is the older root where all of it is in this part.
sub roots_over {
    my ($known, $older, $size, $path) = @_;
    if ($older == $size) {
        my $root = $known // last_of($path);
        return ($root, $root);
    }
    my ($middle, $sibling) = (middle_of($size), last_of($path));
    if ($older <= $middle) {
        my ($old, $new) = roots_over($known, $older, $middle, $path);
        return ($old, node($new, $sibling));
    }
    my ($old, $new) = roots_over(undef, $older - $middle, $size - $middle, $path);
    return (node($sibling, $old), node($sibling, $new));
}

# Signed notes

sub read_key {
    my ($text) = @_;
    $text =~ s/\A[ \t\r\n]+|[ \t\r\n]+\z//g;
    my ($name, $id, $base64) = $text =~ /\A([!-*,-~]+)\+([^+]*)\+(.*)\z/s or wrong('the verifier key is not NAME+ID+KEY');
    my $key = decoded($base64, 'the verifier key');
    length $key == 33 && $key =~ /\A\x01/ or wrong('the verifier key is not one of Ed25519');
    my $expected = substr sha256("$name\n$key"), 0, 4;
    $id eq unpack('H*', $expected) or wrong("the verifier key's ID is not that of its key");
    return { name => $name, id => $expected, public => substr($key, 1) };
}

# The lines of a note's text, once the key has signed it. Other keys' signatures are ignored, other lines are not.
sub signed_lines {
    my ($lines, $signatures, $key, $what) = @_;
    $signatures or wrong("$what has no signature");
    my $text = join '', map { "$_\n" } @$lines;
    my $held = 0;
    for my $line (@$signatures) {
        my ($name, $base64) = $line =~ /\A$DASH ([^ +]+) ([^ ]+)\z/ or wrong("$what has a line that is no signature");
        my $signature = decoded($base64, "a signature of $what");
        length $signature > 4 && characters($name) !~ /\s/ or wrong("$what has a line that is no signature");
        next unless $name eq $key->{name} && substr($signature, 0, 4) eq $key->{id};
        verifies($key, $text, substr $signature, 4) or wrong("$what is not signed by $key->{name}");
        $held = 1;
    }
    $held or wrong("$what is not signed by $key->{name}");
    return @$lines;
}

sub verifies {
    my ($key, $text, $signature) = @_;
    return 0 unless length $signature == 64;
    my $folder = File::Temp->newdir;
    my %content = (key => pack('H*', '302a300506032b6570032100') . $key->{public}, text => $text, signature => $signature);
    for my $name (keys %content) {
        open my $file, '>:raw', "$folder/$name" or wrong("a temporary file cannot be written: $!");
        print {$file} $content{$name} and close $file or wrong("a temporary file cannot be written: $!");
    }
    my @command = (qw(openssl pkeyutl -verify -pubin -keyform DER -rawin), -inkey => "$folder/key", -in => "$folder/text", -sigfile => "$folder/signature");
    my ($input, $output);
    my $process = eval { open3($input, $output, undef, @command) } or wrong('openssl, which checks signatures, cannot be started');
    close $input;
    # What it says does not count, but must not block it.
    my @said = readline $output;
    waitpid($process, 0) == $process or wrong('openssl, which checks signatures, was lost');
    return $? == 0;
}

# Size and root of a signed checkpoint.
sub checkpoint {
    my ($text, $signatures, $key, $what) = @_;
    my ($origin, $size, $root) = signed_lines($text, $signatures, $key, $what);
    defined $root or wrong("$what is cut short");
    $origin eq $key->{name} or wrong("$what is another log's");
    ($size, $root) = (number($size, "the size in $what"), hash_in($root, "the root in $what"));
    $size > 0 || $root eq sha256('') or wrong("$what is of an empty log, but has another root");
    return ($size, $root);
}

# Entries (canonical JSON): read byte for byte, so that nothing is believed that another reader could read in another way.
# Strings become bytes, integers stay text.

my %ESCAPED = ('"' => '"', '\\' => '\\', b => "\b", f => "\f", n => "\n", r => "\r", t => "\t");

sub not_canonical { wrong('the entry is not canonical JSON') }

# Canonical JSON sorts names by these.
sub utf16 {
    my ($name) = @_;
    return join '', map {
        $_ > 0xFFFF ? pack('n2', 0xD800 + ($_ - 0x10000 >> 10), 0xDC00 + ($_ - 0x10000 & 0x3FF)) : pack('n', $_)
    } map { ord } split //, characters($name);
}

sub read_string {
    my ($json) = @_;
    $$json =~ /\G"/gc or not_canonical();
    my $string = '';
    until ($$json =~ /\G"/gc) {
        if ($$json =~ /\G([^"\\\x00-\x1F]+)/gc) { $string .= $1 }
        elsif ($$json =~ /\G\\(["\\bfnrt])/gc) { $string .= $ESCAPED{$1} }
        # Those that have no shorter form.
        elsif ($$json =~ /\G\\u00(0[0-7bef]|1[0-9a-f])/gc) { $string .= chr hex $1 }
        else { not_canonical() }
    }
    return $string;
}

sub read_integer {
    my ($json) = @_;
    $$json =~ /\G(0|(-?)([1-9][0-9]*))/gc or not_canonical();
    my ($integer, $sign, $digits) = ($1, $2, $3);
    $integer eq '0' || at_most($digits, $sign ? '9223372036854775808' : '9223372036854775807') or not_canonical();
    return $integer;
}

sub read_list {
    my ($json) = @_;
    my @list;
    $$json =~ /\G\[/gc or not_canonical();
    until ($$json =~ /\G\]/gc) {
        !@list || $$json =~ /\G,/gc or not_canonical();
        push @list, read_string($json);
    }
    return \@list;
}

sub read_object {
    my ($json, $read_value) = @_;
    my (%members, $last);
    $$json =~ /\G\{/gc or not_canonical();
    until ($$json =~ /\G\}/gc) {
        !defined $last || $$json =~ /\G,/gc or not_canonical();
        my $name = read_string($json);
        !defined $last || $last lt utf16($name) or not_canonical();
        $last = utf16($name);
        $$json =~ /\G:/gc or not_canonical();
        $members{$name} = $read_value->($json, $name);
    }
    return \%members;
}

sub read_member {
    my ($json, $name) = @_;
    return read_integer($json) if grep { $name eq $_ } qw(rows seq v);
    return read_list($json) if $name eq 'fields';
    return read_object($json, \&read_string) if $name eq 'detail';
    return read_string($json);
}

sub read_entry {
    my ($bytes) = @_;
    length $bytes <= $MOST_BYTES_OF_ENTRY && eval { characters($bytes); 1 } or not_canonical();
    my $entry = read_object(\$bytes, \&read_member);
    pos $bytes == length $bytes or not_canonical();
    return $entry;
}

# What the vault prints

# The bytes and the members of the entry that a tlog-proof proves.
sub proven_entry {
    my ($key, $head, $text, $signatures, @more) = @_;
    my ($first, $extra, $index, @path) = @{ $head // [] };
    defined $index && $first eq $PROOF && $extra =~ s/\Aextra // && $index =~ s/\Aindex // or wrong('this is no proof of an entry');
    my $entry = decoded($extra, 'the entry');
    $index = number($index, "the entry's number");
    @path = map { hash_in($_, 'the path') } @path;
    $text or wrong('the proof has no checkpoint');
    my ($size, $root) = checkpoint($text, $signatures, $key, 'the checkpoint');
    !@more or wrong('something follows after the proof');
    $index < $size or wrong('the log has no such entry');
    my $found = root_over(sha256("\x00$entry"), $index, $size, \@path);
    !@path or wrong('the path is too long');
    $found eq $root or wrong('the entry is not in the log');
    my $members = read_entry($entry);
    exists $members->{seq} && $members->{seq} eq $index or wrong('the entry has another number than its place in the log');
    return ($entry, $members);
}

sub check_entry {
    my ($text, $key) = @_;
    my ($entry) = proven_entry($key, blocks($text, 'the proof'));
    return "$entry\n";
}

# The words of an erasure certificate, once they are signed and the entry that they name says the same.
sub check_certificate {
    my ($text, $key, $customer) = @_;
    my ($words, $signatures, @proof) = blocks($text, 'the certificate');
    $signatures && $signatures->[0] ne $PROOF or wrong('the certificate has no signature');
    @proof && $proof[0][0] eq $PROOF or wrong('the certificate has no proof');
    my (undef, @lines) = signed_lines($words, $signatures, $key, 'the certificate');
    my (%said, @names);
    for my $line (@lines) {
        my ($name, $value) = split /: /, $line, 2;
        !exists $said{$name} or wrong('the certificate says something twice');
        $said{$name} = $value // '';
        push @names, $name;
    }
    for my $name (@CERTIFIED) {
        exists $said{$name} or wrong("the certificate does not say '$name'");
    }
    join("\n", grep { !exists $REACH{$_} } @names) eq join("\n", @CERTIFIED) or wrong('the certificate has other lines than it must have, or in another order');
    $said{key} eq 'destroyed' or wrong('the certificate does not say that the key was destroyed');
    $said{vault} eq $key->{name} or wrong("the certificate is another vault's");
    !defined $customer || $customer eq $said{customer} or wrong('the certificate is about another customer');
    my (undef, $entry) = proven_entry($key, @proof);
    my $said_of_entry = sub { my ($member, $value) = @_; return exists $entry->{$member} && $entry->{$member} eq $value };
    $said_of_entry->(seq => number($said{'audit entry'}, "the certificate's entry")) or wrong('the proof is of another entry than the certificate names');
    $said_of_entry->(action => 'subject.erase') && $said_of_entry->(outcome => 'allowed') && exists $entry->{purpose} && exists $entry->{target}
        or wrong('the entry is no erasure');
    # The pseudonym in the entry is that of the purpose of the erasure. That a pseudonym under another purpose is the same
    # customer's is the vault's signed word.
    !$said_of_entry->(purpose => $said{'purpose of the pseudonym'}) || $said_of_entry->(target => $said{customer})
        || grep { $_ eq $said{customer} } split /,/, ($entry->{detail} // {})->{subjects} // ''
        or wrong("the entry is of another customer's erasure");
    $said_of_entry->(rows => number($said{records}, "the certificate's count of records")) or wrong('the certificate counts other records than the entry');
    $said_of_entry->(exists $entry->{clock} ? 'clock' : 'time', $said{erased}) or wrong('the certificate has another time than the entry');
    for my $name (keys %REACH) {
        my $member = ($entry->{detail} // {})->{$REACH{$name}};
        (defined $member ? defined $said{$name} && $said{$name} eq $member : !exists $said{$name}) or wrong("the certificate says otherwise than the entry: $name");
    }
    my $until = exists $entry->{detail} ? $entry->{detail}{tombstones_until} : undef;
    my ($stones, $end) = split /, until /, $said{tombstones}, 2;
    (defined $until ? defined $end && $stones =~ /\Akeyed hashes of / && $end =~ /\A\Q$until\E \(.*\)\z/s : $said{tombstones} eq 'none')
        or wrong('the certificate says otherwise than the entry how long tombstones stay');
    return join '', map { "$_\n" } @$words;
}

# How far the log has grown since an older checkpoint.
sub check_growth {
    my ($text, $key, $older_note) = @_;
    defined $older_note or wrong('give the older checkpoint with --checkpoint FILE');
    my ($older_text, $older_signatures, @after) = blocks($older_note, 'the older checkpoint');
    my ($older, $older_root) = checkpoint($older_text, $older_signatures, $key, 'the older checkpoint');
    !@after or wrong('something follows after the older checkpoint');
    my ($head, $newer_text, $signatures, @more) = blocks($text, 'the proof');
    my ($first, @path) = @$head;
    number($first =~ s/\Aold //r, 'the older size') eq $older or wrong("the proof begins at another size than the older checkpoint's");
    @path = map { hash_in($_, 'the path') } @path;
    $newer_text or wrong('the proof has no checkpoint');
    my ($size, $root) = checkpoint($newer_text, $signatures, $key, 'the checkpoint');
    !@more or wrong('something follows after the proof');
    $older <= $size or wrong('the log is shorter than the older checkpoint');
    # Every log continues an empty one.
    my ($older_found, $found) = $older > 0 ? roots_over($older_root, $older, $size, \@path) : ($older_root, $root);
    !@path or wrong('the path is too long');
    $older_found eq $older_root && $found eq $root or wrong('the log was rewritten: it does not continue the older checkpoint');
    return "$older entries, then $size: the log continues the older checkpoint\n";
}

# What is proven, to be printed.
sub check {
    my ($given, $key, $older, $customer) = @_;
    my $is_growth = $given =~ /\Aold /;
    !defined $older || $is_growth or wrong('this is no proof that the log continues an older checkpoint');
    return check_certificate($given, $key, $customer) if $given =~ /\A\Q$CERTIFICATE\E\n/;
    !defined $customer or wrong('this is no certificate about a customer');
    return check_growth($given, $key, $older) if $is_growth;
    $given =~ /\A\Q$PROOF\E\n/ or wrong('this is no proof of an entry');
    return check_entry($given, $key);
}

sub usage {
    my ($mistake) = @_;
    $mistake =~ s/\n\z//;
    print STDERR $HELP =~ /^(usage: .*\n)/m, "verify_proof: $mistake\n";
    exit 2;
}

sub everything_in {
    my ($handle) = @_;
    binmode $handle;
    local $/;
    return readline $handle;
}

my ($checkpoint, $customer, $help);
{
    local $SIG{__WARN__} = \&usage;
    Getopt::Long::Configure(qw(gnu_getopt no_ignore_case));
    Getopt::Long::GetOptions('checkpoint=s' => \$checkpoint, 'customer=s' => \$customer, 'help|h' => \$help) or usage('these are no options');
}
if ($help) {
    print $HELP;
    exit 0;
}
@ARGV <= 1 or usage('one verifier key is enough');
@ARGV && $ARGV[0] ne '' or usage("no verifier key: take the line NAME+ID+KEY that 'vocvault init' and 'vocvault audit verify' print");
my $older;
if (defined $checkpoint) {
    open my $file, '<', $checkpoint or usage("cannot read $checkpoint: $!");
    $older = everything_in($file) // usage("cannot read $checkpoint: $!");
}
eval {
    $Config{ivsize} >= 8 or wrong('this Perl has no integers of 64 bits');
    my $given = (defined fileno STDIN ? everything_in(*STDIN) : undef) // wrong('standard input cannot be read');
    my $proven = check($given, read_key($ARGV[0]), $older, $customer);
    # What cannot be written must not count as said.
    defined fileno STDOUT && binmode STDOUT and print $proven and close STDOUT or wrong('standard output takes nothing');
    1;
} or do {
    print STDERR "verify_proof: $@";
    exit 1;
};
