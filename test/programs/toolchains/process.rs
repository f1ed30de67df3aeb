// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Arguments, variables, streams, time and the end of a process, as Rust's standard library uses them.
// ARGUMENTS: one two,three
// ENVIRONMENT: KEY=value EMPTY=
// INPUT: input.txt
use std::collections::HashMap;
use std::env;
use std::io::{self, BufRead, IsTerminal, Write};
use std::time::{Duration, Instant, SystemTime};

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    println!("{arguments:?}");
    println!("{:?} {:?} {:?} {}", env::var("KEY"), env::var("EMPTY"), env::var("OTHER"), env::vars().count());
    for (number, line) in io::stdin().lock().lines().enumerate() {
        println!("{number}: {}", line.unwrap());
    }
    println!("{} {}", io::stdin().is_terminal(), io::stdout().is_terminal());
    let begin = Instant::now();
    std::thread::sleep(Duration::from_millis(10));
    println!("slept {}", begin.elapsed() >= Duration::from_millis(10));
    println!("{}", SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs() > 1_600_000_000);
    // Its hashes begin with random numbers.
    let squares: HashMap<u32, u32> = (0..1000).map(|number| (number, number * number)).collect();
    println!("{}", squares[&31]);
    eprintln!("to the error stream");
    io::stdout().write_all(b"before the end\n").unwrap();
    std::process::exit(7);
}
