// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Files and directories as Rust's standard library uses them.
// ARGUMENTS: @DIR@
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, IoSlice, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// Errors by what they are: their texts and numbers are the system's.
fn kind<T>(result: io::Result<T>) -> String {
    match result {
        Ok(_) => "ok".to_string(),
        Err(error) => match error.kind() {
            ErrorKind::NotFound => "not found".to_string(),
            ErrorKind::AlreadyExists => "exists".to_string(),
            ErrorKind::NotADirectory => "no directory".to_string(),
            ErrorKind::IsADirectory => "a directory".to_string(),
            _ => "error".to_string(),
        },
    }
}

fn contents(root: &Path) -> io::Result<()> {
    let path = root.join("contents");
    let mut file = OpenOptions::new().read(true).write(true).create_new(true).open(&path)?;
    file.write_all(b"0123456789")?;
    println!("seek {}", file.seek(SeekFrom::End(-4))?);
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    println!("rest {text}, at {}", file.stream_position()?);
    file.set_len(6)?;
    file.sync_all()?;
    println!("size {}", file.metadata()?.len());
    drop(file);
    let mut file = OpenOptions::new().append(true).open(&path)?;
    file.write_all(b"+")?;
    println!("read what is for writing {}", kind(file.read(&mut [0; 4])));
    println!("{}", fs::read_to_string(&path)?);
    println!("write what is for reading {}", kind(File::open(&path)?.write(b"-")));
    println!("make again {}", kind(OpenOptions::new().write(true).create_new(true).open(&path)));
    println!("open nothing {}", kind(File::open(root.join("nothing"))));
    println!("below a file {}", kind(File::open(path.join("x"))));
    println!("write a directory {}", kind(OpenOptions::new().write(true).open(root)));

    // Many buffers, of which a call takes some.
    let mut slices: Vec<IoSlice> = (0..3000).map(|_| IoSlice::new(b"0123456789")).collect();
    let mut left = &mut slices[..];
    let mut file = File::create(root.join("vectors"))?;
    while !left.is_empty() {
        let written = file.write_vectored(left)?;
        IoSlice::advance_slices(&mut left, written);
    }
    let large = b"0123456789abcdef".repeat(100_000);
    fs::write(root.join("large"), &large)?;
    println!("large {}", fs::read(root.join("large"))? == large);
    println!("copied {}", fs::copy(&path, root.join("copy"))?);
    Ok(())
}

fn entries(root: &Path) -> io::Result<()> {
    let deep = root.join("a").join("b");
    fs::create_dir_all(&deep)?;
    println!("make again {}", kind(fs::create_dir(&deep)));
    for number in 0..200 {
        fs::write(deep.join(format!("file-{number}")), b"x")?;
    }
    let mut names: Vec<String> = Vec::new();
    for entry in fs::read_dir(&deep)? {
        let entry = entry?;
        assert!(entry.file_type()?.is_file());
        names.push(entry.file_name().into_string().unwrap());
    }
    names.sort();
    println!("entries {} {} {}", names.len(), names[0], names[199]);
    fs::rename(deep.join("file-0"), root.join("moved"))?;
    fs::hard_link(root.join("moved"), root.join("linked"))?;
    println!("size {}", fs::metadata(root.join("linked"))?.len());
    println!("remove what is not empty {}", kind(fs::remove_dir(&deep)));
    println!("remove nothing {}", kind(fs::remove_file(root.join("nothing"))));
    fs::remove_dir_all(root.join("a"))?;
    println!("removed {}", kind(fs::metadata(root.join("a"))));
    let mut left: Vec<_> = fs::read_dir(root)?.map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    println!("{left:?}");
    Ok(())
}

fn main() -> io::Result<()> {
    let root = std::env::args().nth(1).unwrap();
    contents(Path::new(&root))?;
    entries(Path::new(&root))
}
