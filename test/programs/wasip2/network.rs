// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Sockets of Rust's library, on this machine's own addresses; files and clocks beside them.
// OPTIONS: --allow-net 127.0.0.1 --allow-listen 127.0.0.1 --allow-dns
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream, ToSocketAddrs, UdpSocket};
use std::time::{Duration, Instant};

fn is_wait<T>(result: &std::io::Result<T>) -> bool {
    matches!(result, Err(error) if error.kind() == ErrorKind::WouldBlock)
}

/// More than buffers hold, without blocking on either side.
fn exchange(client: &mut TcpStream, server: &mut TcpStream) -> usize {
    let data = vec![7u8; 3_000_000];
    let mut room = vec![0u8; 100_000];
    let (mut sent, mut received) = (0, 0);
    client.set_nonblocking(true).unwrap();
    server.set_nonblocking(true).unwrap();
    while received < data.len() {
        if sent < data.len() {
            let result = client.write(&data[sent..]);
            if !is_wait(&result) {
                sent += result.unwrap();
            }
        }
        let result = server.read(&mut room);
        if !is_wait(&result) {
            let count = result.unwrap();
            assert!(room[..count].iter().all(|byte| *byte == 7));
            received += count;
        }
    }
    server.set_nonblocking(false).unwrap();
    received
}

fn tcp() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (mut server, from) = listener.accept().unwrap();
    println!("accepted {}", from == client.local_addr().unwrap());
    client.write_all(b"ping").unwrap();
    let mut buffer = [0; 4];
    server.read_exact(&mut buffer).unwrap();
    println!("read {:?}", buffer);
    println!("exchanged {}", exchange(&mut client, &mut server));
    drop(client);
    println!("end {:?}", server.read(&mut buffer));
}

fn udp() {
    let a = UdpSocket::bind("127.0.0.1:0").unwrap();
    let b = UdpSocket::bind("127.0.0.1:0").unwrap();
    a.send_to(b"datagram", b.local_addr().unwrap()).unwrap();
    let mut buffer = [0; 16];
    let (count, from) = b.recv_from(&mut buffer).unwrap();
    println!("datagram {} {}", count, from == a.local_addr().unwrap());
}

fn main() {
    let directory = std::env::args().nth(1).unwrap();
    let path = format!("{directory}/file");
    std::fs::write(&path, "written\n").unwrap();
    println!("file {:?}", std::fs::read_to_string(&path));
    println!("bytes {}", std::fs::metadata(&path).unwrap().len());
    println!("none {:?}", std::fs::read(format!("{directory}/none")).map_err(|e| e.kind()));
    let start = Instant::now();
    std::thread::sleep(Duration::from_millis(5));
    println!("slept {}", start.elapsed() >= Duration::from_millis(5));
    tcp();
    udp();
    println!("refused {:?}", TcpStream::connect("127.0.0.1:1").map(|_| ()).map_err(|e| e.kind()));
    println!("found {}", "localhost:80".to_socket_addrs().unwrap().count() > 0);
}
