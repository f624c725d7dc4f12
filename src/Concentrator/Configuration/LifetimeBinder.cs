using Concentrator.Ike.Configuration;

namespace Concentrator.Configuration;

/// <summary>The limits of IKE_SAs and CHILD_SAs. What is not given follows from what is, as in swanctl.conf: a tenth more life than until the rekeying.</summary>
internal static class LifetimeBinder
{
    private const int TenthOf = 10;

    public static ConnectionConfig WithLifetime(this ConnectionConfig connection, SettingsReader reader)
    {
        TimeSpan rekey = reader.Time("rekey_time");
        TimeSpan over = reader.Time("over_time", rekey / TenthOf);
        return connection with { RekeyTime = rekey, OverTime = over, RandTime = reader.Time("rand_time", over) };
    }

    public static ChildLifetime OfChild(SettingsReader reader)
    {
        TimeSpan rekeyTime = reader.Time("rekey_time");
        TimeSpan lifeTime = reader.Time("life_time", rekeyTime + (rekeyTime / TenthOf));
        ulong rekeyBytes = reader.Octets("rekey_bytes"), lifeBytes = reader.Octets("life_bytes", rekeyBytes + (rekeyBytes / TenthOf));
        ulong rekeyPackets = reader.Count("rekey_packets"), lifePackets = reader.Count("life_packets", rekeyPackets + (rekeyPackets / TenthOf));
        Check(reader, "time", rekeyTime.TotalSeconds, lifeTime.TotalSeconds);
        Check(reader, "bytes", rekeyBytes, lifeBytes);
        Check(reader, "packets", rekeyPackets, lifePackets);
        return new ChildLifetime
        {
            RekeyTime = rekeyTime,
            LifeTime = lifeTime,
            RandTime = reader.Time("rand_time", lifeTime > rekeyTime ? lifeTime - rekeyTime : TimeSpan.Zero),
            RekeyBytes = rekeyBytes,
            LifeBytes = lifeBytes,
            RandBytes = reader.Octets("rand_bytes", Math.Max(lifeBytes, rekeyBytes) - rekeyBytes),
            RekeyPackets = rekeyPackets,
            LifePackets = lifePackets,
            RandPackets = reader.Count("rand_packets", Math.Max(lifePackets, rekeyPackets) - rekeyPackets),
        };
    }

    /// <summary>A life that ends before the rekeying is a mistake: there would be a gap each time.</summary>
    private static void Check(SettingsReader reader, string what, double rekey, double life)
    {
        if (rekey > 0 && life > 0 && life < rekey) reader.Error($"life_{what}", $"is shorter than rekey_{what}: the child would end before it is rekeyed");
    }
}
