namespace Reconciler.Model;

/// <summary>A slot in the safe order. Values rise in the order in which phases run; <see cref="SafeOrder"/> says why.</summary>
internal enum Phase
{
    Prepare,
    Announce,
    Wait,
    Cover,
    Stop,
    Backup,
    System,
    Code,
    Virtualenv,
    Secrets,
    Static,
    Migrate,
    Nginx,
    Start,
    Check,
    Uncover,
    Tidy,
}
