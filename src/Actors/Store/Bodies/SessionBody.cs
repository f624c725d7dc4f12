using System.Security.Cryptography;
using Concentrator.Ike.Session.State;
using Google.Protobuf;

namespace Concentrator.Actors.Store.Bodies;

/// <summary>Bodies of rows in clear: protobuf (<c>session.proto</c>).</summary>
internal static class SessionBody
{
    /// <summary>A program reads this version and all before; a change that an older program would misread raises it.</summary>
    public const short Version = 1;

    /// <summary>The caller zeroes the result.</summary>
    public static byte[] Write(SessionState state, DateTimeOffset savedAt, int incarnation)
    {
        StoredSession stored = new() { SavedAt = savedAt.ToUnixTimeMilliseconds(), Incarnation = (uint)incarnation, Session = BodyWriter.Write(state) };
        try
        {
            return stored.ToByteArray();
        }
        finally
        {
            SecretOctets.ZeroKeys(stored);
        }
    }

    /// <summary>Zeroes <paramref name="body"/>. The caller disposes the state.</summary>
    /// <exception cref="FormatException">It makes no sense.</exception>
    public static (SessionState State, DateTimeOffset SavedAt, int Incarnation) Read(byte[] body)
    {
        StoredSession? stored = null;
        try
        {
            stored = StoredSession.Parser.ParseFrom(body);
            SessionState state = BodyReader.Read(stored.Session ?? throw new FormatException("no session"));
            return (state, DateTimeOffset.FromUnixTimeMilliseconds(stored.SavedAt), (int)stored.Incarnation);
        }
        catch (Exception fault) when (fault is InvalidProtocolBufferException or ArgumentException or OverflowException)
        {
            throw new FormatException(fault.Message, fault);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(body);
            if (stored is not null) SecretOctets.ZeroKeys(stored);
        }
    }
}
