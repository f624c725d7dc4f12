using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using Concentrator.Kernel.Native;

namespace Concentrator.Kernel.Tests;

/// <summary>Our structures and constants against the real headers: C is compiled against them and asked for sizes, offsets and values.</summary>
public sealed class LayoutTests
{
    private static readonly Type[] Structures =
    [
        typeof(nlmsghdr), typeof(sockaddr_nl), typeof(xfrm_id), typeof(xfrm_selector), typeof(xfrm_lifetime_cfg), typeof(xfrm_lifetime_cur),
        typeof(xfrm_stats), typeof(xfrm_usersa_info), typeof(xfrm_usersa_id), typeof(xfrm_userspi_info), typeof(xfrm_userpolicy_info),
        typeof(xfrm_userpolicy_id), typeof(xfrm_user_tmpl), typeof(xfrm_encap_tmpl), typeof(xfrm_replay_state), typeof(xfrm_replay_state_esn), typeof(xfrm_user_expire),
        typeof(xfrm_user_acquire), typeof(xfrm_user_mapping), typeof(rtmsg), typeof(fib_rule_hdr),
        typeof(ifinfomsg), typeof(ifaddrmsg), typeof(ifa_cacheinfo),
    ];

    /// <summary>What the code assumes of structures that it writes octet by octet.</summary>
    private static readonly Dictionary<string, int> Assumed = new()
    {
        ["sizeof(xfrm_address_t)"] = 16,
        ["sizeof(struct nlattr)"] = 4,
        ["sizeof(struct xfrm_algo)"] = 68,
        ["sizeof(struct xfrm_algo_auth)"] = 72,
        ["offsetof(struct xfrm_algo_auth, alg_trunc_len)"] = 68,
        ["sizeof(struct xfrm_algo_aead)"] = 72,
        ["offsetof(struct xfrm_algo_aead, alg_icv_len)"] = 68,
        ["sizeof(struct sockaddr_in)"] = 16,
        ["offsetof(struct sockaddr_in, sin_addr)"] = 4,
        ["sizeof(struct sockaddr_in6)"] = 28,
        ["offsetof(struct sockaddr_in6, sin6_addr)"] = 8,
        ["offsetof(struct sockaddr_in6, sin6_scope_id)"] = 24,
        ["sizeof(struct cmsghdr)"] = 16,
        ["sizeof(struct in_pktinfo)"] = 12,
        ["offsetof(struct in_pktinfo, ipi_spec_dst)"] = 4,
        ["offsetof(struct in_pktinfo, ipi_addr)"] = 8,
        ["sizeof(struct in6_pktinfo)"] = 20,
        ["offsetof(struct in6_pktinfo, ipi6_ifindex)"] = 16,
        ["sizeof(struct ifreq)"] = 40,
        ["offsetof(struct ifreq, ifr_flags)"] = 16,
        ["offsetof(struct ifreq, ifr_ifindex)"] = 16,
    };

    [Fact]
    public void Structures_and_constants_are_those_of_the_headers()
    {
        Dictionary<string, long> expected = Ours();
        Dictionary<string, long> real = AskC(expected.Keys);
        Assert.Equal(expected.Count, real.Count);
        foreach ((string what, long value) in expected) Assert.True(real[what] == value, $"{what}: {real[what]} in C, {value} here");
    }

    private static Dictionary<string, long> Ours()
    {
        Dictionary<string, long> values = [];
        foreach (Type type in Structures)
        {
            values[$"sizeof(struct {type.Name})"] = Marshal.SizeOf(type);
            foreach (FieldInfo field in type.GetFields())
                values[$"offsetof(struct {type.Name}, {field.Name})"] = Marshal.OffsetOf(type, field.Name);
        }

        foreach ((string what, int value) in Assumed) values[what] = value;
        foreach (FieldInfo constant in typeof(Constants).GetFields(BindingFlags.Public | BindingFlags.Static))
            values[constant.Name] = unchecked((long)Convert.ToUInt64(constant.GetRawConstantValue(), CultureInfo.InvariantCulture));
        return values;
    }

    private static Dictionary<string, long> AskC(IEnumerable<string> expressions)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("xfrm-layout");
        try
        {
            string source = Path.Combine(folder.FullName, "layout.c"), program = Path.Combine(folder.FullName, "layout");
            File.WriteAllText(source, Source(expressions));
            Run("gcc", "-o", program, source);
            return Run(program).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split('\t'))
                .ToDictionary(parts => parts[0], parts => long.Parse(parts[1], CultureInfo.InvariantCulture));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Source(IEnumerable<string> expressions)
    {
        StringBuilder source = new("""
            #define _GNU_SOURCE
            #include <stddef.h>
            #include <stdio.h>
            #include <sys/ioctl.h>
            #include <sys/socket.h>
            #include <netinet/in.h>
            #include <linux/netlink.h>
            #include <linux/xfrm.h>
            #include <linux/udp.h>
            #include <linux/rtnetlink.h>
            #include <linux/fib_rules.h>
            #include <linux/if.h>
            #include <linux/if_tun.h>
            #include <linux/sockios.h>
            #ifndef SOL_UDP
            #define SOL_UDP 17
            #endif
            int main(void) {

            """);
        foreach (string expression in expressions)
            source.Append(CultureInfo.InvariantCulture, $"printf(\"%s\\t%lld\\n\", \"{expression}\", (long long)({expression}));\n");
        return source.Append("return 0; }\n").ToString();
    }

    private static string Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program}: {errors.GetAwaiter().GetResult()}");
        return output;
    }
}
