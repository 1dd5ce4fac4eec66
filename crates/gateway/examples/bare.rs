//! The least that a server of actix can be: it answers everything with one file, from memory. `./just bench blog`
//! compares the site with it.
//!
//! ```text
//! bare page.html
//! ```

#![expect(clippy::print_stdout, reason = "it says where it listens")]

use std::{env, fs, io};

use actix_web::{App, HttpResponse, HttpServer, web};
use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[actix_web::main]
async fn main() -> io::Result<()> {
    let file = env::args().nth(1).ok_or_else(|| io::Error::other("name a file"))?;
    let body = web::Bytes::from(fs::read(file)?);
    let server = HttpServer::new(move || {
        let body = body.clone();
        let page = move || {
            let body = body.clone();
            async move { HttpResponse::Ok().content_type("text/html; charset=utf-8").body(body) }
        };
        App::new().default_service(web::to(page))
    });
    let server = server.bind(("127.0.0.1", 0))?;
    println!("http://{}", server.addrs()[0]);
    server.run().await
}
