use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use mail_parser::{HeaderValue, MessageParser};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::timeout,
};

/// A mail that does not come in this time does not come.
const PATIENCE: Duration = Duration::from_secs(60);

/// A mail server that takes what it is given (RFC 5321), and forwards nothing. It ends with the value.
pub struct Smtp {
    /// Where it listens.
    pub address: SocketAddr,
    refusals: Arc<Mutex<Vec<String>>>,
    mails: mpsc::UnboundedReceiver<Mail>,
}

/// A mail that was taken, or refused after it was heard to the end.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Whom the envelope names.
    pub to: Vec<String>,
    /// All of it, as it came over the wire.
    pub raw: String,
    /// What the server answered.
    pub answer: String,
}

impl Smtp {
    /// Starts one on a free port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let refusals: Arc<Mutex<Vec<String>>> = Arc::default();
        let (taken, mails) = mpsc::unbounded_channel();
        let refuses = refusals.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (taken, refuses) = (taken.clone(), refuses.clone());
                tokio::spawn(async move {
                    // A client that goes away in the middle has sent nothing.
                    let _ = talk(stream, &taken, &refuses).await;
                });
            }
        });
        Self { address, refusals, mails }
    }

    /// Answers the next mail with this instead of taking it: `451 later`, `550 no such user`.
    pub fn refuse(&self, answer: &str) {
        self.refusals.lock().expect("nobody panics with it").push(answer.to_owned());
    }

    /// The next mail, once it is there.
    pub async fn next(&mut self) -> Mail {
        timeout(PATIENCE, self.mails.recv()).await.expect("a mail in time").expect("the server runs")
    }

    /// Whether no other mail came so far.
    pub fn is_empty(&mut self) -> bool {
        self.mails.is_empty()
    }
}

impl Mail {
    /// The text of its body, decoded.
    pub fn body(&self) -> String {
        let message = MessageParser::default().parse(self.raw.as_bytes()).expect("a mail");
        message.body_text(0).expect("a text").replace("\r\n", "\n")
    }

    /// A header, decoded and unfolded.
    pub fn header(&self, name: &str) -> Option<String> {
        let message = MessageParser::default().parse(self.raw.as_bytes()).expect("a mail");
        match message.header(name)? {
            HeaderValue::Text(text) => Some(text.to_string()),
            _ => {
                let raw = message.header_raw(name)?;
                Some(raw.split_whitespace().collect::<Vec<_>>().join(" "))
            }
        }
    }

    /// The names of all headers, in their order.
    pub fn headers(&self) -> Vec<String> {
        let message = MessageParser::default().parse(self.raw.as_bytes()).expect("a mail");
        message.headers().iter().map(|header| header.name().to_owned()).collect()
    }
}

async fn talk(
    stream: TcpStream,
    taken: &mpsc::UnboundedSender<Mail>,
    refuses: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 mail.test ESMTP\r\n").await?;
    let mut to = Vec::new();
    while let Some(line) = lines.next_line().await? {
        let command = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
        let answer = match command.as_str() {
            "EHLO" | "HELO" => "250-mail.test\r\n250-8BITMIME\r\n250 SMTPUTF8".to_owned(),
            "MAIL" => {
                to.clear();
                "250 sender".to_owned()
            }
            "RCPT" => {
                to.extend(
                    line.split_once('<').and_then(|(_, rest)| Some(rest.split_once('>')?.0.to_owned())),
                );
                "250 recipient".to_owned()
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                let mut raw = String::new();
                while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                    raw.push_str(line.strip_prefix('.').unwrap_or(&line));
                    raw.push_str("\r\n");
                }
                let refusal = refuses.lock().expect("nobody panics with it").pop();
                let answer = refusal.unwrap_or_else(|| "250 taken".to_owned());
                let _ = taken.send(Mail { to: std::mem::take(&mut to), raw, answer: answer.clone() });
                answer
            }
            "RSET" | "NOOP" => "250 fine".to_owned(),
            "QUIT" => {
                write.write_all(b"221 bye\r\n").await?;
                break;
            }
            _ => "502 not known".to_owned(),
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}
