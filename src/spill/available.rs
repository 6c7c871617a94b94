//! How much memory the system can give: what is free, and no more than any limit on this process.
//!
//! Limits are those of its control groups (version 2 and 1, of the group and of every group around
//! it; containers and systemd set them) and that on its address space (`ulimit -v`).

use std::fs;
use std::path::{Path, PathBuf};

use super::file::kibibytes;

/// Where control groups are mounted.
const GROUPS: &str = "/sys/fs/cgroup";

/// Bytes that may be taken; `None` where the system does not tell.
pub(crate) fn available() -> Option<u64> {
    let free = kibibytes(Path::new("/proc/meminfo"), &["MemAvailable:"])? * 1024;
    let own = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let limits = [group_limit(Path::new(GROUPS), &own), address_space_left()];
    Some(limits.into_iter().flatten().fold(free, u64::min))
}

/// The least limit of the groups that `own`, the text of `/proc/self/cgroup`, names.
fn group_limit(mounted: &Path, own: &str) -> Option<u64> {
    let mut least: Option<u64> = None;
    for line in own.lines() {
        let mut parts = line.splitn(3, ':');
        let (Some(_), Some(controllers), Some(group)) = (parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        let (root, files): (PathBuf, &[&str]) = match controllers {
            "" => (mounted.to_owned(), &["memory.max", "memory.high"]),
            _ if controllers.split(',').any(|name| name == "memory") => {
                (mounted.join("memory"), &["memory.limit_in_bytes"])
            }
            _ => continue,
        };
        // Inside a container the path may be that of the host: the root then is the group's own.
        let group = root.join(group.trim_start_matches('/'));
        for folder in group.ancestors().take_while(|folder| folder.starts_with(&root)) {
            for file in files {
                // "max", where there is no limit, is no number.
                let text = fs::read_to_string(folder.join(file)).unwrap_or_default();
                if let Ok(limit) = text.trim().parse::<u64>() {
                    least = Some(least.map_or(limit, |least| least.min(limit)));
                }
            }
        }
    }
    least
}

/// What is left of the address space, where it has a limit.
#[cfg(unix)]
fn address_space_left() -> Option<u64> {
    let limit = rustix::process::getrlimit(rustix::process::Resource::As).current?;
    let taken = kibibytes(Path::new("/proc/self/status"), &["VmSize:"]).unwrap_or(0) * 1024;
    Some(limit.saturating_sub(taken))
}

#[cfg(not(unix))]
fn address_space_left() -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mounted(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    #[test]
    fn the_least_limit_of_nested_groups_holds() {
        let root = mounted(&[
            ("a/memory.max", "500\n"),
            ("a/b/memory.max", "max\n"),
            ("a/b/memory.high", "800\n"),
            ("a/b/c/memory.max", "900\n"),
            ("other/memory.max", "1\n"),
        ]);
        let limit = |own| group_limit(root.path(), own);
        assert_eq!(limit("0::/a/b/c\n"), Some(500));
        assert_eq!(limit("0::/a/b\n"), Some(500));
        assert_eq!(limit("0::/\n"), None);
    }

    #[test]
    fn version_1_has_folders_of_its_own_and_a_container_sees_only_the_root() {
        let root = mounted(&[
            ("memory/memory.limit_in_bytes", "9223372036854771712\n"),
            ("memory/jobs/memory.limit_in_bytes", "125829120\n"),
        ]);
        let own = "5:cpu,cpuacct:/x\n4:memory:/jobs\n1:name=systemd:/y\n0::/\n";
        assert_eq!(group_limit(root.path(), own), Some(120 << 20));
        let root = mounted(&[("memory/memory.limit_in_bytes", "125829120\n")]);
        assert_eq!(group_limit(root.path(), "4:memory:/docker/0123\n"), Some(120 << 20));
    }
}
