namespace Concentrator.Ike.Configuration;

public enum ChildMode
{
    Tunnel,
    Transport,
}
