// The controller runs where OpenSSH, git and POSIX file modes are.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
