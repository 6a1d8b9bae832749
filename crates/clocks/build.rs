//! Lists the files of rules and calendars, so that adding one is enough.

use std::{
    env,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let mut out = String::new();
    for (name, folder) in [("RULES", "rules"), ("CALENDARS", "calendars")] {
        println!("cargo::rerun-if-changed={folder}");
        let mut files = Vec::new();
        collect(&root.join(folder), &mut files);
        files.sort();
        writeln!(out, "static {name}: &[(&str, &str)] = &[").expect("a string takes everything");
        for file in files {
            let shown =
                file.strip_prefix(root.join(folder)).expect("it lies inside").to_string_lossy().replace('\\', "/");
            writeln!(out, "    ({shown:?}, include_str!({:?})),", file.to_string_lossy())
                .expect("a string takes everything");
        }
        out.push_str("];\n");
    }
    let to = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it")).join("shipped.rs");
    fs::write(to, out).expect("the folder for build output can be written");
}

fn collect(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder is part of the crate").flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, out);
        } else if path.extension().is_some_and(|ending| ending == "toml") {
            out.push(path);
        }
    }
}
