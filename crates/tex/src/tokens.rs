use std::ops::Range;

/// A piece of TeX, as far as anything here needs to tell pieces apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'a> {
    /// A command by its name without the backslash: letters, or one other character.
    Command(&'a str),
    /// `{`
    Open,
    /// `}`
    Close,
    /// Any other character.
    Char(char),
}

/// The tokens of a piece of TeX with the bytes they take.
#[derive(Debug, Clone)]
pub struct Tokens<'a> {
    tex: &'a str,
    at: usize,
}

impl<'a> Tokens<'a> {
    /// From the beginning of a text.
    pub fn of(tex: &'a str) -> Self {
        Self { tex, at: 0 }
    }

    /// What has not been read.
    pub fn rest(&self) -> &'a str {
        &self.tex[self.at..]
    }

    /// The argument that follows: the inside of a group, a command, or one character.
    pub fn argument(&mut self) -> &'a str {
        self.skip_space();
        match self.next() {
            Some((Token::Open, range)) => self.group(range.end),
            Some((Token::Close, range)) => {
                self.at = range.start;
                ""
            }
            Some((_, range)) => &self.tex[range],
            None => "",
        }
    }

    /// The inside of `[…]`, if that follows.
    pub fn option(&mut self) -> Option<&'a str> {
        let rest = self.rest();
        let inside = rest.trim_start().strip_prefix('[')?;
        let length = inside.find([']', '{', '}', '\n'])?;
        if !inside[length..].starts_with(']') {
            return None;
        }
        self.at += rest.len() - inside.len() + length + 1;
        Some(&inside[..length])
    }

    /// The inside of `[…]`, if that follows, with whatever is in it: a bracket within braces does not close it.
    pub fn brackets(&mut self) -> Option<&'a str> {
        let mut inside = self.clone();
        inside.skip_space();
        inside.next().filter(|(token, _)| *token == Token::Char('['))?;
        let start = inside.at;
        loop {
            match inside.next()? {
                (Token::Open, range) => {
                    inside.group(range.end);
                }
                (Token::Close, _) => return None,
                (Token::Char(']'), range) => {
                    self.at = range.end;
                    return Some(&self.tex[start..range.start]);
                }
                _ => (),
            }
        }
    }

    /// Passes over this many bytes, which must end between two characters.
    pub fn pass(&mut self, bytes: usize) {
        self.at += bytes;
    }

    /// Passes over white space.
    pub fn skip_space(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    /// From after the opening brace at `start` to its partner, or to the end where there is none.
    fn group(&mut self, start: usize) -> &'a str {
        let mut depth = 1;
        for (token, range) in self.by_ref() {
            match token {
                Token::Open => depth += 1,
                Token::Close => depth -= 1,
                _ => (),
            }
            if depth == 0 {
                return &self.tex[start..range.start];
            }
        }
        &self.tex[start..]
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = (Token<'a>, Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.at;
        let first = self.rest().chars().next()?;
        self.at += first.len_utf8();
        let token = match first {
            '\\' => self.command(),
            '{' => Token::Open,
            '}' => Token::Close,
            c => Token::Char(c),
        };
        Some((token, start..self.at))
    }
}

impl<'a> Tokens<'a> {
    fn command(&mut self) -> Token<'a> {
        let rest = self.rest();
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let length = if letters > 0 { letters } else { rest.chars().next().map_or(0, char::len_utf8) };
        self.at += length;
        Token::Command(&rest[..length])
    }
}
