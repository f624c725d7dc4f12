namespace Concentrator.Actors.Node;
