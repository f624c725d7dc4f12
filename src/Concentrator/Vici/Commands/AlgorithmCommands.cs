using Concentrator.Ike.Crypto;
using Concentrator.Ike.Registries;

namespace Concentrator.Vici.Commands;

/// <summary><c>get-algorithms</c>: what the program knows, and who provides it.</summary>
internal static class AlgorithmCommands
{
    public static ViciWriter Get()
    {
        ViciWriter writer = ViciWriter.Response();
        Section(writer, "encryption", AlgorithmTable.Encryption.Where(a => !a.IsAead), a => a.Id.DisplayName(), a => a.Provider);
        Section(writer, "aead", AlgorithmTable.Encryption.Where(a => a.IsAead), a => a.Id.DisplayName(), a => a.Provider);
        Section(writer, "integrity", AlgorithmTable.Integrity, a => a.Id.DisplayName(), a => a.Provider);
        Section(writer, "prf", AlgorithmTable.Prf, a => a.Id.DisplayName(), a => a.Provider);
        Section(writer, "ke", AlgorithmTable.KeyExchange, a => a.Method.DisplayName(), a => a.Provider);
        return writer;
    }

    private static void Section<T>(ViciWriter writer, string kind, IEnumerable<T> algorithms, Func<T, string> name, Func<T, string?> provider)
    {
        writer.Begin(kind);
        foreach (T algorithm in algorithms)
            if (provider(algorithm) is { } who) writer.Put(name(algorithm), who);
        writer.End();
    }
}
