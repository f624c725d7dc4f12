using Concentrator.Actors.Store.Bodies;
using Concentrator.Ike.Session.State;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Concentrator.Actors.Tests.Store;

/// <summary>
/// Bodies of rows: whole, and frozen. <c>v1-*.bin</c> were written by the first program that stored sessions, <c>v1.descriptor</c> says what it meant by them; neither ever
/// changes. What is added later gets files of its own.
/// </summary>
public sealed class SessionBodyTests
{
    private static readonly DateTimeOffset SavedAt = DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_123);

    private static string Folder { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "Store", "Bodies");

    [Fact]
    public void A_state_comes_back_as_it_was()
    {
        foreach (SessionState state in (SessionState[])[SessionStates.Full(), SessionStates.Minimal()])
        {
            byte[] body = SessionBody.Write(state, SavedAt, 5);
            byte[] copy = [.. body];
            (SessionState read, DateTimeOffset savedAt, int incarnation) = SessionBody.Read(copy);
            Assert.Equal((SavedAt, 5), (savedAt, incarnation));
            Assert.Equal(body, SessionBody.Write(read, savedAt, incarnation));
            Assert.Equivalent(Describe(state), Describe(read));
            Assert.All(copy, octet => Assert.Equal(0, octet));
        }
    }

    [Fact]
    public void Every_field_of_the_body_is_in_the_full_state()
    {
        StoredSession stored = StoredSession.Parser.ParseFrom(SessionBody.Write(SessionStates.Full(), SavedAt, 5));
        HashSet<string> seen = [];
        Collect(stored, seen);
        string[] all = [.. SessionReflection.Descriptor.MessageTypes.SelectMany(type => type.Fields.InDeclarationOrder()).Select(field => field.FullName)];
        // A mapped entry is looked at whole.
        Assert.DoesNotContain(all.Except(seen), name => !name.Contains("Entry", StringComparison.Ordinal));
    }

    [Fact]
    public void No_key_is_left_in_the_message_that_was_written_or_read()
    {
        StoredSession stored = StoredSession.Parser.ParseFrom(SessionBody.Write(SessionStates.Full(), SavedAt, 5));
        ByteString key = stored.Session.Current.Keys.Ei, child = stored.Session.Children[0].Parameters.Keys.EncryptionInitiator, exchange = stored.Session.Rekey.KeyExchange.PrivateValue;
        SecretOctets.ZeroKeys(stored);
        foreach (ByteString secret in (ByteString[])[key, child, exchange, stored.Session.Current.PeerCrashToken, stored.Session.Replaced[0].Keys.D, stored.Session.RekeyByPeer.Made.Keys.Pr, stored.Session.Children[1].Offer.KeyExchange.PrivateValue])
            Assert.False(secret.Span.ContainsAnyExcept((byte)0));
    }

    [Theory]
    [InlineData("v1-full.bin")]
    [InlineData("v1-minimal.bin")]
    public void Bodies_of_version_1_are_read_as_they_were_meant(string file)
    {
        byte[] frozen = File.ReadAllBytes(System.IO.Path.Combine(Folder, file));
        using SessionState expected = file == "v1-full.bin" ? SessionStates.Full() : SessionStates.Minimal();
        (SessionState read, DateTimeOffset savedAt, int incarnation) = SessionBody.Read([.. frozen]);
        Assert.Equal((SavedAt, 5), (savedAt, incarnation));
        Assert.Equivalent(Describe(expected), Describe(read));
    }

    [Fact]
    public void Nothing_of_version_1_has_another_meaning_today()
    {
        FileDescriptorProto frozen = FileDescriptorProto.Parser.ParseFrom(File.ReadAllBytes(System.IO.Path.Combine(Folder, "v1.descriptor")));
        foreach (DescriptorProto type in frozen.MessageType)
        {
            MessageDescriptor today = SessionReflection.Descriptor.FindTypeByName<MessageDescriptor>(type.Name);
            Assert.NotNull(today);
            foreach (FieldDescriptorProto field in type.Field)
            {
                FieldDescriptorProto now = today.FindFieldByNumber(field.Number).ToProto();
                Assert.Equal((field.Name, field.Type, field.Label, field.TypeName, field.Proto3Optional), (now.Name, now.Type, now.Label, now.TypeName, now.Proto3Optional));
            }
        }
    }

    [Fact]
    public void What_makes_no_sense_is_told_and_never_thrown_otherwise()
    {
        byte[] whole = SessionBody.Write(SessionStates.Full(), SavedAt, 5);
        Random random = new(1);
        for (int i = 0; i < 3000; i++)
        {
            byte[] body = [.. whole.AsSpan(0, i % 3 == 0 ? random.Next(whole.Length) : whole.Length)];
            for (int changes = random.Next(4); changes >= 0 && body.Length > 0; changes--) body[random.Next(body.Length)] = (byte)random.Next(256);
            try
            {
                SessionBody.Read(body).State.Dispose();
            }
            catch (FormatException)
            {
                // As it should be.
            }
        }
    }

    private static void Collect(IMessage message, HashSet<string> seen)
    {
        foreach (FieldDescriptor field in message.Descriptor.Fields.InDeclarationOrder())
        {
            object? value = field.Accessor.GetValue(message);
            bool isThere = field.HasPresence ? field.Accessor.HasValue(message) : value switch
            {
                System.Collections.ICollection many => many.Count > 0,
                ByteString octets => octets.Length > 0,
                string text => text.Length > 0,
                bool flag => flag,
                _ => Convert.ToDecimal(value, System.Globalization.CultureInfo.InvariantCulture) != 0,
            };
            if (!isThere) continue;
            seen.Add(field.FullName);
            if (field.IsMap) continue;
            if (value is IMessage one) Collect(one, seen);
            else if (value is System.Collections.IEnumerable many and not string and not ByteString)
                foreach (IMessage element in many.OfType<IMessage>()) Collect(element, seen);
        }
    }

    /// <summary>As text, keys and all.</summary>
    private static string Describe(SessionState state) => JsonFormatter.Default.Format(new StoredSession { Session = BodyWriter.Write(state) });
}
